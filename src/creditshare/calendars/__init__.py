"""Calendars: when a term ends, in calendar days or in working days."""

from __future__ import annotations

from creditshare.calendars.base import PLAIN, Calendar
from creditshare.calendars.public import PublicCalendar, calendar
from creditshare.calendars.spans import Due, Span, Unit, add

__all__ = ["PLAIN", "Calendar", "Due", "PublicCalendar", "Span", "Unit", "add", "calendar"]

#!/usr/bin/env bash
# Two agencies exchange every night. Made-up files to try it on: creditshare demo --files-only --out FOLDER
set -euo pipefail
umask 077 # answers tell what people owe
cd "$1"
as() { creditshare --home "$@"; }

# Once: keys, the roster, the token key. The fingerprint goes by another way, such as a telephone.
fingerprint=$(as steward keygen steward | sed -n 's/^fingerprint: //p')
for agency in lender bank; do as $agency keygen $agency; done
as steward roster sign draft.toml
as steward tokens issue 2026H2 token-key.csb
for agency in lender bank; do
  as $agency roster trust steward/agency.pub --fingerprint "$fingerprint"
  as $agency roster receive steward/roster.csr
  as $agency tokens receive token-key.csb
done
as bank audit key

# Each night: 3 says that rows were refused, 14 that nothing is new.
night() {
  as lender import report.csv --batch batch.toml --refusals "refusals-$1.csv" || [ $? -eq 3 ]
  as lender seal "$1.csb" --to bank --since last && as bank apply "$1.csb" || [ $? -eq 14 ]
  as bank screen --purpose credit-application --role lender --caller nightly --consent forms \
    <applicants.csv >"answers-$1.csv" || [ $? -eq 3 ]
}
night 1
as lender withdraw --reason settled <paid.csv
night 2

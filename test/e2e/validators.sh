#!/usr/bin/env bash
# The suites of the official client against four validators and a full node, each a process: with all of them whole, with one that is killed again
# and again, and with one whose host is hostile.
set -euo pipefail
cd "$(dirname "$0")/../.."
suites=(sdk- failures failed-executions resubmission restart signatures)
for trouble in none killed hostile; do
  echo "--- four validators, trouble: $trouble"
  CAISSON_VALIDATORS=4 CAISSON_TROUBLE=$trouble npx vitest run --config test/vitest.config.ts --project scalar "${suites[@]/#/test/e2e/}"
done
echo "--- networks of four validators, and their epochs"
CAISSON_NETWORKS=1 npx vitest run --config test/vitest.config.ts --project scalar test/e2e/validators test/e2e/sdk-epochs test/e2e/sdk-committee
echo "--- four validators, each on a host of its own; ways that are long and break"
CAISSON_HOSTS=1 npx vitest run --config test/vitest.config.ts --project scalar test/e2e/hosts

# Checks of what is not Rust. A target installs its tools when it runs for the first time, by the lists with hashes beside this file,
# into target/checks. It needs python3 and, for `workflows` where GitHub is out of reach, npm; terraform has to be on the PATH.
PYTHON ?= python3
CHECKS := $(CURDIR)/target/checks
LINTERS := $(CHECKS)/requirements/bin
# Such as -plugin-dir=DIRECTORY, where the registry of providers cannot be reached.
TERRAFORM_INIT_FLAGS ?=

.PHONY: check files workflows dockerfile compose yaml shell secrets delivery terraform terraform-validate terraform-format policies advisories requirements

check: test deny advisories files secrets delivery terraform policies ## Run every check that needs no cloud

files: workflows dockerfile compose yaml shell ## Check workflows, Dockerfile, compose file, YAML and shell

$(CHECKS)/%/installed: checks/%.txt
	$(PYTHON) -m venv --clear $(CHECKS)/$*
	$(CHECKS)/$*/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

workflows: $(CHECKS)/requirements/installed ## Check the workflows, Dependabot's configuration and the forms of issues
	PATH="$(LINTERS):$$PATH" checks/actionlint.sh
	$(LINTERS)/zizmor --offline --no-progress --persona=pedantic .github
	$(LINTERS)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(LINTERS)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(LINTERS)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(LINTERS)/check-jsonschema --builtin-schema vendor.github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

dockerfile: $(CHECKS)/requirements/installed ## Check the Dockerfile
	$(LINTERS)/hadolint Dockerfile

compose: $(CHECKS)/requirements/installed ## Check the compose file
	$(LINTERS)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

yaml: $(CHECKS)/requirements/installed ## Check the form of all YAML
	$(LINTERS)/yamllint --strict .

shell: $(CHECKS)/requirements/installed ## Check all shell scripts
	$(LINTERS)/shellcheck --external-sources $$(git ls-files --cached --others --exclude-standard '*.sh' .ci/run)

secrets: $(CHECKS)/requirements/installed ## Look for secrets in files and commits
	PATH="$(LINTERS):$$PATH" checks/secrets.sh

delivery: $(CHECKS)/delivery/installed ## Test the scripts of deploy/aws against a server with AWS's API
	cd deploy/aws/tests && PATH="$(CHECKS)/delivery/bin:$$PATH" python -m unittest

terraform-validate: terraform-format ## Check both Terraform roots, without an account
	@for root in terraform terraform/account; do \
		export TF_DATA_DIR="$(CHECKS)/terraform/$$root"; \
		terraform -chdir=$$root init -backend=false -input=false $(TERRAFORM_INIT_FLAGS) >/dev/null && terraform -chdir=$$root validate || exit 1; \
	done

terraform: terraform-validate ## Check and test both Terraform roots, without an account; takes about six minutes
	@for root in terraform terraform/account; do \
		export TF_DATA_DIR="$(CHECKS)/terraform/$$root"; \
		(cd $$root && ls tests/*.tftest.hcl) | xargs -P "$$(nproc)" -I{} terraform -chdir=$$root test -filter={} || exit 1; \
	done
	@export TF_DATA_DIR="$(CHECKS)/terraform/terraform"; for env in dev staging prod; do \
		terraform -chdir=terraform test -test-directory=tests/environments -filter=tests/environments/$$env.tftest.hcl -var-file=$$env.tfvars || exit 1; \
	done

terraform-format:
	terraform fmt -check -diff -recursive terraform

policies: $(CHECKS)/policies/installed ## Check Terraform, Dockerfile and workflows against policies
	$(CHECKS)/policies/bin/checkov --config-file checks/checkov.yaml

advisories: ## Check the dependencies against known vulnerabilities; needs GitHub
	@$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny --version $(CARGO_DENY)
	$(CARGO) deny --locked check advisories

requirements: ## Write the lists with hashes anew, from checks/*.in
	$(PYTHON) -m venv $(CHECKS)/uv && $(CHECKS)/uv/bin/pip install --quiet uv
	@for list in checks/*.in; do \
		$(CHECKS)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --no-emit-index-url $$list --output-file $${list%.in}.txt || exit 1; \
	done

# From an image to a service that runs. deploy/README.md says what each script does; docs/operations.md, when to use which.
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
# Where images are pushed to. Registries know lower case only.
REPOSITORY ?= ghcr.io/$(shell git remote get-url origin 2>/dev/null | sed -e 's|\.git$$||' -e 's|.*github\.com[:/]||' | tr '[:upper:]' '[:lower:]')
# One platform such as linux/arm64; without it, that of this machine.
PLATFORM ?=
# More options of the build, such as a cache.
IMAGE_FLAGS ?=
BUILD := docker buildx build --build-arg GOAL_ROUTER_COMMIT=$(COMMIT)
.PHONY: image try-image push scan sbom sign verify tag copy deploy rollback restart smoke state-bucket init plan apply output
.PHONY: release-check release-notes release-image binaries publish

# Recipes take IMAGE, ENV, TAG and URL from the environment, where make puts them, since what make itself replaces could be a command.
needs-%:
	@test -n "$${$*:-}" || { echo "say which: $*=..." >&2; exit 2; }

image: ## Build the image for this machine, as goal-router:local
	$(BUILD) $(if $(PLATFORM),--platform $(PLATFORM)) --load --tag goal-router:local $(IMAGE_FLAGS) .

try-image: ## Run goal-router:local as confined as in production: it has to start, serve, drain and keep its spool
	docker buildx build --target fake-bedrock --load --tag fake-bedrock:local $(IMAGE_FLAGS) .
	deploy/try-image.sh goal-router:local fake-bedrock:local

push: ## Build the image for both architectures and push it, unless it is there; its name goes to target/image
	@mkdir -p target
	deploy/pushed-image.sh $(REPOSITORY):commit-$(COMMIT) > target/image || { \
		$(BUILD) --platform linux/amd64,linux/arm64 --push --tag $(REPOSITORY):commit-$(COMMIT) \
			--provenance=mode=max --annotation index:org.opencontainers.image.revision=$(COMMIT) \
			--metadata-file target/image.json $(IMAGE_FLAGS) . \
		&& jq --raw-output '"$(REPOSITORY)@" + .["containerimage.digest"]' target/image.json > target/image; }
	@cat target/image

scan: needs-IMAGE ## Look for known vulnerabilities in IMAGE=, which may be local or in a registry
	deploy/scan-image.sh "$$IMAGE"

sbom: needs-IMAGE ## List what is in IMAGE=...@sha256:..., by platform, in target/sbom
	@mkdir -p target/sbom
	@syft=$$(checks/tool.sh syft) && for platform in linux/amd64 linux/arm64; do \
		$$syft scan "registry:$$IMAGE" --quiet --platform $$platform --output spdx-json=target/sbom/$${platform#*/}.spdx.json || exit 1; \
	done && ls target/sbom

sign: needs-IMAGE ## Sign IMAGE=...@sha256:..., as whoever runs this
	cosign=$$(checks/tool.sh cosign) && $$cosign sign --yes "$$IMAGE"

verify: needs-IMAGE ## Check that IMAGE=...@sha256:... was built and signed by the delivery workflow
	deploy/verify-image.sh "$$IMAGE"

tag: needs-IMAGE needs-TAG ## Let TAG= in the registry of IMAGE=...@sha256:... point to it; v1.2.3 becomes 1.2.3
	docker buildx imagetools create --tag "$${IMAGE%@*}:$${TAG#v}" "$$IMAGE"

copy: needs-IMAGE ## Copy IMAGE=...@sha256:... into the registry of the AWS account
	deploy/aws/copy-image.sh "$$IMAGE"

deploy: needs-ENV needs-IMAGE ## Deploy IMAGE=...@sha256:... to ENV=dev|staging|prod; API_URL= is smoke-tested, unless it is none
	deploy/aws/deploy.sh "$$ENV" "$$IMAGE"

rollback: needs-ENV ## Deploy the former image of ENV=, or IMAGE=
	deploy/aws/rollback.sh "$$ENV" $${IMAGE:+"$$IMAGE"}

restart: needs-ENV ## Replace the tasks of ENV=, so that they read the secrets anew
	deploy/aws/restart.sh "$$ENV"

smoke: needs-URL ## Smoke-test the service at URL=
	deploy/aws/smoke.sh "$$URL"

state-bucket: ## Make the bucket of Terraform's state, once per account and Region
	deploy/aws/state-bucket.sh

init plan apply output: needs-ENV
	deploy/aws/terraform.sh $@ "$$ENV" $(TERRAFORM_FLAGS)
init: ## Prepare Terraform for ENV=dev|staging|prod|account
plan: ## Plan the infrastructure of ENV=dev|staging|prod|account
apply: ## Apply the plan of ENV=
output: ## Print the outputs of ENV=, such as its address

release-check: needs-TAG ## Check that TAG=v1.2.3 fits Cargo.toml and CHANGELOG.md
	deploy/release.sh check "$$TAG"

release-notes: needs-TAG ## Print what CHANGELOG.md says of TAG=v1.2.3
	@deploy/release.sh notes "$$TAG"

release-image: ## Find the image of COMMIT= in the registry; its name goes to target/image
	@mkdir -p target
	docker buildx imagetools inspect $(REPOSITORY):commit-$(COMMIT) --format '$(REPOSITORY)@{{.Manifest.Digest}}' > target/image
	@cat target/image

binaries: needs-IMAGE needs-TAG ## Take the programs out of IMAGE=...@sha256:..., with checksums, into target/release-files
	deploy/release.sh binaries "$$TAG" "$$IMAGE"

publish: needs-TAG ## Publish the release TAG=v1.2.3 on GitHub, with its notes and files; needs gh
	deploy/release.sh notes "$$TAG" > target/notes.md
	gh release create "$$TAG" --verify-tag --title "$$TAG" --notes-file target/notes.md target/release-files/* target/sbom/*.spdx.json

# Common tasks. `./run` and `./test` also install what is missing.
.PHONY: build graphiql swagger-ui run test bench contract format
export CCACHE_NOHASHDIR = 1
export CCACHE_BASEDIR = $(CURDIR)

build:
	cmake --preset release
	cmake --build --preset release --target rotacast

# Fetches GraphiQL with npm; later builds embed it.
graphiql:
	. .ci/steps.sh && step 'npm packages of GraphiQL' npm_tarballs src/app/graphiql

# Fetches Swagger UI with npm; later builds embed it, for /docs.
swagger-ui:
	. .ci/steps.sh && step 'npm packages of Swagger UI' npm_tarballs src/app/docs_page

run:
	./run

test:
	./test

# Measures Rotacast beside its peers; prints the figures to standard output.
bench:
	cmake --preset bench
	cmake --build --preset bench
	bench/run.sh

# Regenerates contract/ from the described types.
contract:
	cmake --preset dev
	cmake --build --preset dev --target rotacast
	build/dev/rotacast contract --out contract

format:
	git ls-files -z '*.cpp' '*.hpp' '*.cc' | xargs -0 clang-format -i

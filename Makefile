# Common tasks. `./run` and `./test` also install what is missing.
.PHONY: build graphiql run test bench contract format
export CCACHE_NOHASHDIR = 1
export CCACHE_BASEDIR = $(CURDIR)

build:
	cmake --preset release
	cmake --build --preset release --target rotacast

# Fetches GraphiQL with npm; later builds embed it.
graphiql:
	. .ci/steps.sh && step 'npm packages of GraphiQL' npm_tarballs src/app/graphiql

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

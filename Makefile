# The verbs of the house. `./run` and `./test` also install what is missing.
.PHONY: build graphiql run test bench contract format
export CCACHE_NOHASHDIR = 1

build:
	cmake --preset release
	cmake --build --preset release --target rotacast

# What GET /graphiql serves, by npm; builds carry it from then on.
graphiql:
	. .ci/steps.sh && step 'npm packages of GraphiQL' npm_tarballs src/app/graphiql

run:
	./run

test:
	./test

# One run, side by side with its peers; figures go to standard output.
bench:
	cmake --preset bench
	cmake --build --preset bench
	bench/run.sh

# Writes contract/ anew from the described types.
contract:
	cmake --preset dev
	cmake --build --preset dev --target rotacast
	build/dev/rotacast contract --out contract

format:
	git ls-files -z '*.cpp' '*.hpp' '*.cc' | xargs -0 clang-format -i

# Reads a suite's log and prints `PASSED FAILED`. Understands ctest -V with GoogleTest, node --test
# (TAP and spec), Python's unittest, and our own `N passed, N failed`.

# ctest: "7: [  PASSED  ] 12 tests." and "7: [  FAILED  ] 1 test, listed below:"
/^[0-9]+: \[  PASSED  \] [0-9]+ test/ { id = $1 + 0; inner[id] = 1; passed += $5 }
/^[0-9]+: \[  FAILED  \] [0-9]+ tests?, listed below/ { id = $1 + 0; inner[id] = 1; broken[id] = 1; failed += $5 }

# ctest: " 3/12 Test  #7: hub ......   Passed    0.1 sec"
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
    id = $0
    sub(/^.*Test +#/, "", id)
    id += 0
    if ($0 ~ / Passed +[0-9.]+ sec/) {
        if (!(id in inner)) passed++
    } else if (!(id in broken)) {
        failed++
    }
}

/^(#|ℹ) pass [0-9]+$/ { passed += $3 }
/^(#|ℹ) (fail|cancelled) [0-9]+$/ { failed += $3 }

/^Ran [0-9]+ tests? in/ { ran = $2 }
/^OK( \(.*\))?$/ { passed += ran; ran = 0 }
/^FAILED \((failures|errors)=/ {
    bad = 0
    line = $0
    while (match(line, /(failures|errors)=[0-9]+/)) {
        part = substr(line, RSTART, RLENGTH)
        sub(/.*=/, "", part)
        bad += part
        line = substr(line, RSTART + RLENGTH)
    }
    failed += bad
    passed += ran - bad
    ran = 0
}

/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }

END { print passed + 0, failed + 0 }

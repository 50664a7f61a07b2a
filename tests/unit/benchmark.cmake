siskin_add_test(NAME score_rule_test SOURCES score_rule_test.cpp LINK siskin_benchmark)
siskin_add_test(NAME strata_test SOURCES strata_test.cpp LINK siskin_eval)
siskin_add_test(NAME journal_test SOURCES journal_test.cpp evaluation_fakes.cpp LINK siskin_benchmark)
siskin_add_test(NAME evaluation_test SOURCES evaluation_test.cpp evaluation_fakes.cpp LINK siskin_benchmark)

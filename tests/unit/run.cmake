siskin_add_test(NAME trace_test SOURCES trace_test.cpp LINK siskin_trace)
siskin_add_test(NAME batch_test SOURCES batch_test.cpp LINK siskin_run)
siskin_add_test(NAME best_class_test SOURCES best_class_test.cpp LINK siskin_run)

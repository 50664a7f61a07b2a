siskin_add_test(NAME trace_test SOURCES trace_test.cpp LINK siskin_trace)
siskin_add_test(NAME batch_test SOURCES batch_test.cpp LINK siskin_run)
siskin_add_test(NAME best_class_test SOURCES best_class_test.cpp LINK siskin_run)
siskin_add_test(NAME far_device_test SOURCES far_device_test.cpp
  LINK siskin_test_tensors siskin_train siskin_run siskin_models)
siskin_add_test(NAME cloud_cut_test SOURCES cloud_cut_test.cpp cloud_votes_test.cpp
  LINK siskin_test_tensors siskin_run siskin_models)
siskin_add_test(NAME cloud_model_test SOURCES cloud_model_test.cpp LINK siskin_run)
siskin_add_test(NAME frustum_test SOURCES frustum_test.cpp LINK siskin_cli)
siskin_add_test(NAME fallback_model_test SOURCES fallback_model_test.cpp LINK siskin_run)
siskin_add_test(NAME layer_check_test SOURCES layer_check_test.cpp LINK siskin_test_tensors siskin_run)
siskin_add_test(NAME frame_run_test SOURCES frame_run_test.cpp LINK siskin_run)

siskin_add_test(NAME submission_test
  SOURCES offline_model_test.cpp submission_check_test.cpp submission_test.cpp submission_zip_test.cpp
  LINK siskin_run siskin_submission_zip siskin_libzip)
siskin_add_test(NAME offline_real_test SOURCES offline_real_test.cpp
  LINK siskin_run siskin_datasets siskin_eval NEEDS data)

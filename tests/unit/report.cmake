siskin_add_test(NAME report_test SOURCES report_test.cpp LINK siskin_report)
siskin_add_test(NAME paper_comparison_test SOURCES paper_comparison_test.cpp LINK siskin_report)
siskin_add_test(NAME evaluation_report_test
  SOURCES evaluation_report_test.cpp evaluation_compare_test.cpp LINK siskin_report)
siskin_add_test(NAME render_test SOURCES render_test.cpp LINK siskin_report)
siskin_add_test(NAME cli_test SOURCES cli_test.cpp compare_command_test.cpp kind_argument_test.cpp model_argument_test.cpp LINK siskin_cli)

# These start the program itself.
siskin_add_test(NAME cli_process_test SOURCES cli_process_test.cpp
  LINK siskin_base nlohmann_json::nlohmann_json)
siskin_add_test(NAME cli_golden_test SOURCES cli_golden_test.cpp
  LINK siskin_base nlohmann_json::nlohmann_json LABELS golden NEEDS data)
siskin_add_test(NAME demo_networks_test SOURCES demo_networks_test.cpp
  LINK siskin_base nlohmann_json::nlohmann_json)
foreach(test cli_process_test cli_golden_test demo_networks_test)
  target_compile_definitions(${test} PRIVATE SISKIN_PROGRAM="$<TARGET_FILE:siskin>")
  add_dependencies(${test} siskin)
endforeach()

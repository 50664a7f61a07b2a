# One function that declares a library, one that declares a test.

# siskin_add_library(NAME SOURCES ... [PUBLIC targets ...] [PRIVATE targets ...])
#   A static library; include paths start at the repository root; warnings are errors.
#   Foreign libraries are linked as SYSTEM by their own targets, so only our code is held to the warnings.
function(siskin_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  siskin_apply_warnings(${name})
endfunction()

# siskin_add_executable(NAME SOURCES ... LINK targets ...)
function(siskin_add_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  siskin_apply_warnings(${name})
endfunction()

function(siskin_apply_warnings target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Woverloaded-virtual>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${SISKIN_WERROR}>>:-Werror>)
  # Of the host's warnings those that the text that nvcc makes of a .cu file keeps to as well.
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CUDA>:--expt-relaxed-constexpr -Xcompiler=-Wall,-Wextra>
    $<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${SISKIN_WERROR}>>:-Werror=all-warnings -Xcompiler=-Werror>)
  if(SISKIN_SANITIZE)
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANGUAGE:C,CXX>:-fsanitize=${SISKIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all>)
    target_link_options(${target} PRIVATE -fsanitize=${SISKIN_SANITIZE})
  endif()
endfunction()

# siskin_add_test(NAME name SOURCES ... LINK targets ... [LABELS unit|golden|gui|gpu|bench ...] [NEEDS data|display|gpu] [TIMEOUT s])
#   One GoogleTest program = one ctest entry. A missing need makes the program exit 77, which ctest
#   shows as "Skipped": visible, not green. `NEEDS data` reads SISKIN_SHARED (default ../shared).
function(siskin_add_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;LINK;LABELS;NEEDS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LINK} siskin_test_support)
  list(JOIN ARG_NEEDS " " needs) # a ';' would end the compiler's command line
  target_compile_definitions(${ARG_NAME} PRIVATE SISKIN_TEST_NEEDS="${needs}")
  if("gpu" IN_LIST ARG_NEEDS)
    target_compile_definitions(${ARG_NAME} PRIVATE SISKIN_TEST_NEEDS_GPU)
    target_link_libraries(${ARG_NAME} PRIVATE siskin_gpu)
  endif()
  siskin_apply_warnings(${ARG_NAME})
  # Compiling the tests' own text is most of the build: it is not what has to be fast, and what is
  # looked at for undefined behaviour is the libraries.
  target_compile_options(${ARG_NAME} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)
  if(SISKIN_SANITIZE)
    target_compile_options(${ARG_NAME} PRIVATE -fno-sanitize=undefined)
  endif()
  if("siskin_test_tensors" IN_LIST ARG_LINK)
    target_precompile_headers(${ARG_NAME} REUSE_FROM siskin_torch_pch)
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${ARG_NAME} PROPERTIES
    LABELS "${ARG_LABELS}" SKIP_RETURN_CODE 77 TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "SISKIN_RESOURCES=${PROJECT_SOURCE_DIR}/resources")
  if("display" IN_LIST ARG_NEEDS)
    set_tests_properties(${ARG_NAME} PROPERTIES RESOURCE_LOCK display RUN_SERIAL ON)
  endif()
endfunction()

# Every foreign library, found once. Names of Debian 12 packages: .setup/apt-packages.txt

include(FeatureSummary)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)

# LibTorch's own package file adds warning flags and a global C++ standard; only its libraries and
# include paths are wanted here, as SYSTEM.
find_package(Torch REQUIRED)
add_library(siskin_torch INTERFACE)
target_link_libraries(siskin_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(siskin_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})

# The same shared library that LibTorch links (Debian builds both), so there is one copy in a process.
# Its package file asks for OpenCL, which is not used here. OpenMP: oneDNN keeps to the number of
# threads that OpenMP reports, and LibTorch brings the same runtime.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
add_library(siskin_dnnl INTERFACE)
target_link_libraries(siskin_dnnl INTERFACE ${DNNL_LIBRARY} ${OpenMP_CXX_LIBRARIES})
target_include_directories(siskin_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})

if(SISKIN_GUI)
  find_package(MPI REQUIRED COMPONENTS C) # VTK 9.1's package file refers to it
  find_package(Qt6 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets)
  # Listed components: a bare find_package(VTK) asks for Qt 5.
  find_package(VTK 9.1 REQUIRED COMPONENTS
    CommonCore CommonDataModel CommonMath FiltersSources InteractionStyle
    RenderingCore RenderingFreeType RenderingOpenGL2 glew)
endif()

if(SISKIN_OPEN3D)
  # Only Open3D's framework-free headers are used so far; they need Eigen and TBB.
  find_package(Eigen3 REQUIRED)
  find_package(TBB REQUIRED)
  find_path(OPEN3D_INCLUDE_DIR open3d/ml/impl/sparse_conv/SparseConv.h REQUIRED)
  add_library(siskin_open3d INTERFACE)
  target_include_directories(siskin_open3d SYSTEM INTERFACE ${OPEN3D_INCLUDE_DIR})
  target_link_libraries(siskin_open3d INTERFACE Eigen3::Eigen TBB::tbb)
endif()

if(SISKIN_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
  if(SISKIN_GUI)
    find_package(Qt6 REQUIRED COMPONENTS Test)
  endif()
endif()

add_feature_info(workbench SISKIN_GUI "siskin-workbench, the Qt 6 + VTK program")
add_feature_info(open3d SISKIN_OPEN3D "Open3D as a second opinion in tests")
add_feature_info(tests SISKIN_TESTS "unit, golden, gui tests and benchmarks")

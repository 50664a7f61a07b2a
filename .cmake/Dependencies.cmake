# Every foreign library, found once. Names of Debian 12 packages: .setup/apt-packages.txt

include(FeatureSummary)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)

include(.cmake/LibTorch.cmake)

# The same shared library that LibTorch links (Debian builds both), so there is one copy in a process.
# Its package file asks for OpenCL, which is not used here. OpenMP: oneDNN keeps to the number of
# threads that OpenMP reports, and LibTorch brings the same runtime.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
set(dnnl_library ${DNNL_LIBRARY})
if(SISKIN_CUDA_TORCH)
  # LibTorch for CUDA holds another oneDNN, and every library sees some of its C++ functions. Debian's
  # ran them in place of its own, and dnnl_sgemm returned zeros without an error: a copy that keeps to
  # itself, under a name of its own.
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(dnnl_library ${CMAKE_BINARY_DIR}/lib/libdnnl-s.so)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  execute_process(COMMAND_ERROR_IS_FATAL ANY COMMAND ${Python3_EXECUTABLE}
    ${PROJECT_SOURCE_DIR}/.cmake/private_copy.py ${DNNL_LIBRARY} ${dnnl_library} --keep dnnl_)
  file(CREATE_LINK ${DNNL_INCLUDE_DIR}/oneapi ${SISKIN_SYSTEM_FIRST}/oneapi SYMBOLIC)
  install(FILES ${dnnl_library} DESTINATION lib)
  list(APPEND CMAKE_INSTALL_RPATH "\$ORIGIN/../lib")
endif()
add_library(siskin_dnnl INTERFACE)
target_link_libraries(siskin_dnnl INTERFACE ${dnnl_library} ${OpenMP_CXX_LIBRARIES})
target_include_directories(siskin_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})

# Packs submissions. Debian's package file of libzip insists on tools that other packages hold.
find_path(LIBZIP_INCLUDE_DIR zip.h REQUIRED)
find_library(LIBZIP_LIBRARY zip REQUIRED)
add_library(siskin_libzip INTERFACE)
target_link_libraries(siskin_libzip INTERFACE ${LIBZIP_LIBRARY})
target_include_directories(siskin_libzip SYSTEM INTERFACE ${LIBZIP_INCLUDE_DIR})

# Writes the windows of prepared rooms; the serial library, where several are installed.
find_path(HDF5_INCLUDE_DIR hdf5.h PATH_SUFFIXES hdf5/serial)
find_library(HDF5_LIBRARY NAMES hdf5_serial hdf5 PATH_SUFFIXES hdf5/serial)
if(HDF5_INCLUDE_DIR AND HDF5_LIBRARY)
  set(SISKIN_HDF5 ON)
  add_library(siskin_hdf5 INTERFACE)
  target_link_libraries(siskin_hdf5 INTERFACE ${HDF5_LIBRARY})
  target_include_directories(siskin_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIR})
endif()

if(SISKIN_GUI)
  find_package(MPI REQUIRED COMPONENTS C) # VTK 9.1's package file refers to it
  find_package(Qt6 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets)
  # Listed components: a bare find_package(VTK) asks for Qt 5.
  find_package(VTK 9.1 REQUIRED COMPONENTS
    CommonCore CommonDataModel CommonMath FiltersSources InteractionStyle
    RenderingCore RenderingFreeType RenderingOpenGL2 glew)
endif()

if(SISKIN_OPEN3D)
  # Open3D is a second opinion in tests: its framework-free headers, which need Eigen and TBB, and the
  # library that reads and writes point files.
  find_package(Eigen3 REQUIRED)
  find_package(TBB REQUIRED)
  find_path(OPEN3D_INCLUDE_DIR open3d/ml/impl/sparse_conv/SparseConv.h REQUIRED)
  add_library(siskin_open3d INTERFACE)
  target_include_directories(siskin_open3d SYSTEM INTERFACE ${OPEN3D_INCLUDE_DIR})
  target_link_libraries(siskin_open3d INTERFACE Eigen3::Eigen TBB::tbb)
  find_library(OPEN3D_LIBRARY Open3D REQUIRED)
  add_library(siskin_open3d_library INTERFACE)
  target_link_libraries(siskin_open3d_library INTERFACE siskin_open3d ${OPEN3D_LIBRARY} fmt::fmt)
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
add_feature_info(hdf5 SISKIN_HDF5 "siskin prepare, which writes HDF5 files")
add_feature_info(cuda SISKIN_CUDA_KERNELS "${cuda_note}")
add_feature_info(cuda-torch SISKIN_CUDA_TORCH "LibTorch for CUDA (.setup/libtorch-cuda), without which siskin has no device cuda")
add_feature_info(tests SISKIN_TESTS "unit, golden, gui tests and benchmarks")

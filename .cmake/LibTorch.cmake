# LibTorch as target siskin_torch. SISKIN_CUDA_TORCH says whether it is a CUDA build; CMAKE_PREFIX_PATH
# or Torch_DIR chooses one, e.g. the folder that .setup/libtorch-cuda prints.

# Where find_package(Torch) would look, to see what is there before its package file runs.
find_path(Torch_DIR TorchConfig.cmake PATH_SUFFIXES
  share/cmake/Torch lib/cmake/Torch lib/${CMAKE_LIBRARY_ARCHITECTURE}/cmake/Torch Torch)
get_filename_component(torch_prefix "${Torch_DIR}/../../.." ABSOLUTE)

set(SISKIN_CUDA_TORCH OFF)
add_library(siskin_torch INTERFACE)
if(EXISTS ${torch_prefix}/lib/libtorch_cuda.so)
  set(SISKIN_CUDA_TORCH ON)
else()
  # LibTorch's own package file adds warning flags and a global C++ standard; only its libraries and
  # include paths are wanted here, as SYSTEM.
  find_package(Torch REQUIRED)
  target_link_libraries(siskin_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(siskin_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  return()
endif()

# The package file of a CUDA build looks for GPUs and for libraries that CUDA 13 no longer has. All
# that it would find lies in one folder.
set(cuda_torch_version unknown)
if(EXISTS ${torch_prefix}/version.py)
  file(STRINGS ${torch_prefix}/version.py lines REGEX "^(__version__|cuda)")
  string(REGEX REPLACE ".*__version__ = '([^']*)'.*" "\\1" cuda_torch_version "${lines}")
  string(REGEX REPLACE ".*cuda: [^=]*= '([0-9]+).*" "\\1" cuda_torch_major "${lines}")
  if(SISKIN_CUDA_KERNELS AND NOT cuda_torch_major EQUAL CUDAToolkit_VERSION_MAJOR)
    message(FATAL_ERROR "LibTorch ${cuda_torch_version} wants CUDA ${cuda_torch_major}, "
      "but the toolkit of ${CMAKE_CUDA_COMPILER} is ${CUDAToolkit_VERSION}")
  endif()
endif()

# It brings headers of fmt and oneDNN, of other versions than the libraries that we link: links to the
# system's, in a folder that comes first. Nothing else is taken from LibTorch's folder.
set(SISKIN_SYSTEM_FIRST ${CMAKE_BINARY_DIR}/system-first)
file(MAKE_DIRECTORY ${SISKIN_SYSTEM_FIRST})
get_target_property(fmt_include fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
list(GET fmt_include 0 fmt_include)
file(CREATE_LINK ${fmt_include}/fmt ${SISKIN_SYSTEM_FIRST}/fmt SYMBOLIC)
target_include_directories(siskin_torch SYSTEM INTERFACE
  ${SISKIN_SYSTEM_FIRST} ${torch_prefix}/include ${torch_prefix}/include/torch/csrc/api/include)
list(APPEND CMAKE_IGNORE_PREFIX_PATH ${torch_prefix})

# Nothing of ours calls libtorch_cuda.so: it has to be loaded all the same to register its operators.
target_link_libraries(siskin_torch INTERFACE
  ${torch_prefix}/lib/libtorch_cpu.so ${torch_prefix}/lib/libc10.so ${torch_prefix}/lib/libc10_cuda.so
  "-Wl,--push-state,--no-as-needed,${torch_prefix}/lib/libtorch_cuda.so,--pop-state")
# RPATH, not RUNPATH: LibTorch's own libraries look there, too, for those of the toolkit.
target_link_options(siskin_torch INTERFACE -Wl,--disable-new-dtags)
list(APPEND CMAKE_INSTALL_RPATH ${torch_prefix}/lib)
if(SISKIN_CUDA_KERNELS)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Shared) # the one that LibTorch uses
  target_include_directories(siskin_torch SYSTEM INTERFACE ${CUDAToolkit_INCLUDE_DIRS})
  target_link_libraries(siskin_torch INTERFACE CUDA::cudart)
  list(APPEND CMAKE_BUILD_RPATH ${CUDAToolkit_LIBRARY_DIR})
  list(APPEND CMAKE_INSTALL_RPATH ${CUDAToolkit_LIBRARY_DIR})
endif()

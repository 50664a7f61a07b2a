// SPDX-License-Identifier: MIT
// oneDNN as one thread of ours uses it.
#pragma once

#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>

namespace siskin::points {

inline const dnnl::engine& cpuEngine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

/// A primitive keeps the number of threads it was made under.
class OneOpenMpThread {
  public:
    OneOpenMpThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }

    ~OneOpenMpThread() { omp_set_num_threads(before_); }

    OneOpenMpThread(const OneOpenMpThread&) = delete;
    OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;

  private:
    int before_;
};

} // namespace siskin::points

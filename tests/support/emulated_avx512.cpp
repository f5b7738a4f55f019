#include "support/emulated_avx512.hpp"

const distilbert::kernels::kernel_table& emulated_avx512() { return emulated::avx512::table; }

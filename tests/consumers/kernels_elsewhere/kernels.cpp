#include <distilbert/kernels/compiled.hpp>

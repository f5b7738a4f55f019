// Weights to f32, exactly; integers without their scale.

DISTILBERT_INLINE vf load_as(const void* x, weight_format format, isize i) {
  switch (format) {
    case weight_format::f16: return load_f16(static_cast<const unsigned short*>(x) + i);
    case weight_format::bf16: return load_bf16(static_cast<const unsigned short*>(x) + i);
    case weight_format::i8: return to_floats(load_i8(static_cast<const signed char*>(x) + i));
    case weight_format::f32: break;
  }
  return load(static_cast<const float*>(x) + i);
}

DISTILBERT_INLINE vf load_first_as(const void* x, weight_format format, isize i, int n) {
  if (format == weight_format::f32) return load_first(static_cast<const float*>(x) + i, n);
  if (format == weight_format::i8) {
    alignas(4) signed char bytes[4 * width] = {};
    for (int j = 0; j < n; ++j) bytes[j] = static_cast<const signed char*>(x)[i + j];
    return load_as(bytes, format, 0);
  }
  alignas(4) unsigned short lane[2 * width] = {};  // load_as() may be compiled to read as f32 as well
  for (int j = 0; j < n; ++j) lane[j] = static_cast<const unsigned short*>(x)[i + j];
  return load_as(lane, format, 0);
}

DISTILBERT_NOINLINE void to_f32(const void* x, weight_format format, float* y, isize n) noexcept {
  isize i = 0;
  for (; i + width <= n; i += width) store(y + i, load_as(x, format, i));
  if (i < n) store_first(y + i, load_first_as(x, format, i, static_cast<int>(n - i)), static_cast<int>(n - i));
}

// The vector type of the baseline: as wide as xsimd's default architecture for the unit's own flags.
// Re-included inside a math span and the baseline's namespace.
//
// This is also the contract of every other simd/*.inl. `width` lanes of f32 (vf) or of their bits (vi), in `registers` vector registers;
//   add sub mul div fma   one rounding each (fma: two, where the machine has no fused one)
//   max min               a > b ? a : b, a < b ? a : b: with a NaN, the second argument
//   load_first(p, n)      lanes 0..n-1 from memory, zeros after them; touches nothing past p[n-1]; 0 <= n < width
//   store_first(p, x, n)  the same for stores;  keep_first(x, n) zeros the lanes from n on
//   fold(x)               sum of all lanes: halves are added until one lane is left
//   interleave_low(a, b)  a[0] b[0] a[1] b[1] ..., of their lower halves; interleave_high(a, b) of their upper ones
//   fold_min, fold_max    the least and the greatest lane
//   load_f16, load_bf16   `width` 16-bit numbers, converted exactly
//   load_i8(p)            `width` signed bytes, each as an integer
//   to_floats(x)          integers as floats, rounded to nearest even
//   unknown_zero()        zeros to start sums from
//   load_bytes(p)         4 bytes a lane;  set_bytes(p): the same 4 in all lanes;  store_low_bytes(p, x): 1 byte a lane
// Beside it, in a namespace of its own since a machine may have several, simd/dot_*.inl defines
//   dot4(sum, a, b)       lane by lane, sum + a[0] b[0] + .. + a[3] b[3], exactly, for 4 unsigned and 4 signed bytes
//                         of which |a[0] b[0] + a[1] b[1]| and |a[2] b[2] + a[3] b[3]| are at most 32767
// Arithmetic is written with the compiler's vector operators, not with xsimd's: these follow the span's floating-point
// options whatever the host's are, and stay inline at every optimisation level.

#if defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)
inline constexpr int width = 4;
#else
using xsimd_register = xsimd::types::simd_register<float, xsimd::default_arch>::register_type;
// xsimd 8 has no fused multiply-add for AVX-512; eight lanes of AVX2 serve the baseline there.
inline constexpr int width = sizeof(xsimd_register) > 32 ? 8 : static_cast<int>(sizeof(xsimd_register) / 4);
#endif
inline constexpr int registers = DISTILBERT_AARCH64 ? 32 : 16;

typedef float float_lanes __attribute__((vector_size(4 * width)));
typedef int int_lanes __attribute__((vector_size(4 * width)));
typedef unsigned short short_lanes __attribute__((vector_size(2 * width)));

struct vf {
  float_lanes v;
};
struct vi {
  int_lanes v;
};

DISTILBERT_INLINE vf zero() { return {float_lanes{}}; }
DISTILBERT_INLINE vf set(float x) { return {x - float_lanes{}}; }
DISTILBERT_INLINE vf load(const float* p) {
  vf x;
  __builtin_memcpy(&x.v, p, sizeof x.v);
  return x;
}
DISTILBERT_INLINE void store(float* p, vf x) { __builtin_memcpy(p, &x.v, sizeof x.v); }

DISTILBERT_INLINE vf load_first(const float* p, int n) {
  float lane[width] = {};
  for (int i = 0; i < n; ++i) lane[i] = p[i];
  return load(lane);
}
DISTILBERT_INLINE void store_first(float* p, vf x, int n) {
  float lane[width];
  store(lane, x);
  for (int i = 0; i < n; ++i) p[i] = lane[i];
}
DISTILBERT_INLINE vf keep_first(vf x, int n) {
  float lane[width];
  store(lane, x);
  return load_first(lane, n);
}

DISTILBERT_INLINE vf add(vf a, vf b) { return {a.v + b.v}; }
DISTILBERT_INLINE vf sub(vf a, vf b) { return {a.v - b.v}; }
DISTILBERT_INLINE vf mul(vf a, vf b) { return {a.v * b.v}; }
DISTILBERT_INLINE vf div(vf a, vf b) { return {a.v / b.v}; }
DISTILBERT_INLINE vf fma(vf a, vf b, vf c) {
#if DISTILBERT_AARCH64
  return {(float_lanes)vfmaq_f32((float32x4_t)c.v, (float32x4_t)a.v, (float32x4_t)b.v)};
#elif DISTILBERT_X86_64 && defined(__FMA__)
  return {(float_lanes)_mm256_fmadd_ps((__m256)a.v, (__m256)b.v, (__m256)c.v)};
#elif DISTILBERT_X86_64 || defined(__wasm__) || defined(XSIMD_NO_SUPPORTED_ARCHITECTURE)
  const float_lanes product = a.v * b.v;
  return {product + c.v};
#else
  using batch = xsimd::batch<float>;
  return {(float_lanes)xsimd::fma(batch((batch::register_type)a.v), batch((batch::register_type)b.v),
                                  batch((batch::register_type)c.v))
              .data};
#endif
}
DISTILBERT_INLINE vf select_greater(vf a, vf b, vf yes, vf no) {
  const int_lanes mask = (int_lanes)(a.v > b.v);
  return {(float_lanes)((mask & (int_lanes)yes.v) | (~mask & (int_lanes)no.v))};
}
DISTILBERT_INLINE vf max(vf a, vf b) { return select_greater(a, b, a, b); }
DISTILBERT_INLINE vf min(vf a, vf b) { return select_greater(b, a, a, b); }

DISTILBERT_INLINE vi bits(vf x) { return {(int_lanes)x.v}; }
DISTILBERT_INLINE vf from_bits(vi x) { return {(float_lanes)x.v}; }
DISTILBERT_INLINE vi set_bits(int x) { return {x - int_lanes{}}; }
DISTILBERT_INLINE vi add(vi a, vi b) { return {a.v + b.v}; }
DISTILBERT_INLINE vi bit_and(vi a, vi b) { return {a.v & b.v}; }
template <int count>
DISTILBERT_INLINE vi shift_left(vi a) {
  return {a.v << count};
}

DISTILBERT_INLINE float square_root(float x) {
  // In assembly, since -ffast-math lets a compiler replace the builtin by an estimate.
#if DISTILBERT_X86_64 && defined(__AVX__)
  float root;
  __asm__("vsqrtss %1, %1, %0" : "=x"(root) : "x"(x));
  return root;
#elif DISTILBERT_X86_64
  float root;
  __asm__("sqrtss %1, %0" : "=x"(root) : "x"(x));
  return root;
#elif DISTILBERT_AARCH64
  float root;
  __asm__("fsqrt %s0, %s1" : "=w"(root) : "w"(x));
  return root;
#else
  return __builtin_sqrtf(x);
#endif
}

DISTILBERT_INLINE float fold(vf x) {
  float lane[width];
  store(lane, x);
  for (int half = width / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lane[i] = lane[i] + lane[i + half];
  return lane[0];
}

// Templates, so that only the shuffle of this width is compiled.
template <class Lanes>
DISTILBERT_INLINE Lanes low_halves(Lanes a, Lanes b) {
  if constexpr (sizeof(Lanes) == 16)
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
  else
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
template <class Lanes>
DISTILBERT_INLINE Lanes high_halves(Lanes a, Lanes b) {
  if constexpr (sizeof(Lanes) == 16)
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
  else
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
DISTILBERT_INLINE vf interleave_low(vf a, vf b) { return {low_halves(a.v, b.v)}; }
DISTILBERT_INLINE vf interleave_high(vf a, vf b) { return {high_halves(a.v, b.v)}; }

DISTILBERT_INLINE float fold_min(vf x) {
  float least = x.v[0];
  for (int i = 1; i < width; ++i) least = x.v[i] < least ? x.v[i] : least;
  return least;
}
DISTILBERT_INLINE float fold_max(vf x) {
  float greatest = x.v[0];
  for (int i = 1; i < width; ++i) greatest = x.v[i] > greatest ? x.v[i] : greatest;
  return greatest;
}

DISTILBERT_INLINE int_lanes load_shorts(const unsigned short* p) {
  short_lanes x;
  __builtin_memcpy(&x, p, sizeof x);
  return __builtin_convertvector(x, int_lanes);
}
DISTILBERT_INLINE vf load_bf16(const unsigned short* p) { return {(float_lanes)(load_shorts(p) << 16)}; }
DISTILBERT_INLINE vf load_f16(const unsigned short* p) {
  const int_lanes half = load_shorts(p), magnitude = half & 0x7FFF, sign = (half & 0x8000) << 16;
  const int_lanes normal = (magnitude << 13) + (112 << 23);
  const int_lanes special = normal + (112 << 23);  // infinities and NaNs keep all exponent bits set
  // A subnormal is its 10 bits above the smallest normal, less that normal: exact, and never a subnormal f32.
  const float_lanes smallest = (float_lanes)((113 << 23) + int_lanes{});
  const float_lanes above = (float_lanes)((magnitude << 13) + (113 << 23));
  const int_lanes subnormal = (int_lanes)(above - smallest);
  const int_lanes is_special = magnitude >= 0x7C00, is_subnormal = magnitude < 0x400;
  const int_lanes result =
      (is_special & special) | (is_subnormal & subnormal) | (~is_special & ~is_subnormal & normal);
  return {(float_lanes)(result | sign)};
}

typedef signed char signed_byte_lanes __attribute__((vector_size(width)));
typedef unsigned char byte_lanes __attribute__((vector_size(width)));

DISTILBERT_INLINE vf to_floats(vi x) { return {__builtin_convertvector(x.v, float_lanes)}; }
DISTILBERT_INLINE vi load_i8(const signed char* p) {
  signed_byte_lanes x;
  __builtin_memcpy(&x, p, sizeof x);
  return {__builtin_convertvector(x, int_lanes)};
}
DISTILBERT_INLINE vi load_bytes(const void* p) {
  vi x;
  __builtin_memcpy(&x.v, p, sizeof x.v);
  return x;
}
DISTILBERT_INLINE vi set_bytes(const void* p) {
  int four;
  __builtin_memcpy(&four, p, 4);
  return set_bits(four);
}
DISTILBERT_INLINE void store_low_bytes(void* p, vi x) {
  const byte_lanes low = __builtin_convertvector(x.v & 0xFF, byte_lanes);
  __builtin_memcpy(p, &low, sizeof low);
}
DISTILBERT_INLINE vi unknown_zero() { return set_bits(0); }

// Elementary functions on a vector: polynomials with explicit fma, the same bits on every variant that has it.

DISTILBERT_INLINE vf negate(vf x) { return from_bits({bits(x).v ^ set_bits(static_cast<int>(0x80000000U)).v}); }
DISTILBERT_INLINE vf absolute(vf x) { return from_bits(bit_and(bits(x), set_bits(0x7FFFFFFF))); }

// 1.5 * 2^23: adding it rounds to the nearest integer, which is then in the low bits.
inline constexpr float round_magic = 12582912.0F;

// 2^n from t = n + round_magic, -126 <= n <= 127.
DISTILBERT_INLINE vf power_of_two(vf t) { return from_bits(shift_left<23>(add(bits(t), set_bits(127)))); }

// e^x within 1.1 ulp (1.4 without fma); exactly 0 below -87.33654 (where e^x would be subnormal), infinity above 88.37626. NaN stays NaN.
DISTILBERT_INLINE vf exp(vf x) {
  const vf t = fma(x, set(1.44269504F), set(round_magic));
  const vf n = sub(t, set(round_magic));
  // ln 2 in two parts; n times the first is exact, for machines without fma.
  vf r = fma(n, set(-0.693359375F), x);
  r = fma(n, set(2.12194440e-4F), r);
  vf p = set(0.0013842737535F);
  p = fma(p, r, set(0.0083749555051F));
  p = fma(p, r, set(0.0416680574417F));
  p = fma(p, r, set(0.1666642129421F));
  p = fma(p, r, set(0.4999999403954F));
  p = fma(p, r, set(1.0F));
  p = fma(p, r, set(1.0F));
  const vf y = mul(p, power_of_two(t));  // exact
  const vf above_zero = select_greater(set(-87.33654F), x, zero(), y);
  return select_greater(x, set(88.37626F), set(__builtin_inff()), above_zero);
}

// x Phi(x) with the normal distribution's Phi, as max(x, 0) + t 2^q(t) with t = -|x|: q is log2 of Phi(t), a polynomial
// whose error shows in the product by less than 4e-9; below t = -9 the added term is less than 1e-16 and held there.
DISTILBERT_INLINE vf gelu(vf x) {
  const vf t = max(set(-9.0F), negate(absolute(x)));
  vf q = set(-2.851681984e-07F);
  q = fma(q, t, set(-6.223761375e-06F));
  q = fma(q, t, set(-5.492788478e-05F));
  q = fma(q, t, set(-2.203395270e-04F));
  q = fma(q, t, set(1.026845275e-04F));
  q = fma(q, t, set(7.057117764e-03F));
  q = fma(q, t, set(5.251026526e-02F));
  q = fma(q, t, set(-4.591988027e-01F));
  q = fma(q, t, set(1.151106834F));
  q = fma(q, t, set(-1.0F));
  const vf shifted = add(q, set(round_magic));
  const vf f = sub(q, sub(shifted, set(round_magic)));
  vf p = set(1.535337215e-04F);
  p = fma(p, f, set(1.339887385e-03F));
  p = fma(p, f, set(9.618436918e-03F));
  p = fma(p, f, set(5.550332367e-02F));
  p = fma(p, f, set(2.402264774e-01F));
  p = fma(p, f, set(6.931471825e-01F));
  p = fma(p, f, set(1.0F));
  return fma(t, mul(p, power_of_two(shifted)), max(zero(), x));
}

DISTILBERT_INLINE vf sigmoid(vf x) { return div(set(1.0F), add(set(1.0F), exp(negate(x)))); }

// x / (1 + e^-x).
DISTILBERT_INLINE vf silu(vf x) { return div(x, add(set(1.0F), exp(negate(x)))); }

// x (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3), which is x / (1 + e^(-2u)).
DISTILBERT_INLINE vf gelu_new(vf x) {
  const vf inner = fma(mul(x, x), set(0.044715F * 1.5957691216F), set(1.5957691216F));
  return div(x, add(set(1.0F), exp(negate(mul(x, inner)))));
}

DISTILBERT_INLINE vf relu(vf x) { return max(zero(), x); }

// x[i] = function(x[i]); one copy of the function serves whole vectors and the tail.
template <class Function>
DISTILBERT_INLINE void map(float* x, isize n, Function function) {
  for (isize i = 0; i < n; i += width) {
    const int left = n - i < width ? static_cast<int>(n - i) : width;
    const vf y = function(left == width ? load(x + i) : load_first(x + i, left));
    if (left == width)
      store(x + i, y);
    else
      store_first(x + i, y, left);
  }
}

DISTILBERT_NOINLINE void activate(float* x, isize n, activation act) noexcept {
  switch (act) {
    case activation::none: break;
    case activation::gelu: map(x, n, [](vf v) { return gelu(v); }); break;
    case activation::gelu_new: map(x, n, [](vf v) { return gelu_new(v); }); break;
    case activation::relu: map(x, n, [](vf v) { return relu(v); }); break;
    case activation::silu: map(x, n, [](vf v) { return silu(v); }); break;
  }
}

inline void exp_all(float* x, isize n) noexcept {
  map(x, n, [](vf v) { return exp(v); });
}

inline void sigmoid_all(float* x, isize n) noexcept {
  map(x, n, [](vf v) { return sigmoid(v); });
}

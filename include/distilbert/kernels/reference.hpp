#pragma once
// Every kernel again as plain loops in float64, on plain row-major arrays: what the fast ones are tested against.
// Source of the maths: transformers modeling_distilbert.py and torch.nn.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "distilbert/kernels/kernel_table.hpp"

namespace distilbert::kernels::reference {

/// act(x) in float64: gelu by erf, gelu_new by tanh, as transformers.activations has them.
inline double activate(double x, activation act) {
  switch (act) {
    case activation::gelu: return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
    case activation::gelu_new:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case activation::relu: return x > 0 ? x : 0;
    case activation::silu: return x / (1 + std::exp(-x));
    case activation::none: break;
  }
  return x;
}

/// c[m x n] = act(a[m x k] w[n x k]^T + bias[n]) + residual[m x n]; `bias` and `residual` may be nullptr.
inline void linear(const double* a, const double* w, const double* bias, const double* residual, double* c, isize m,
                   isize n, isize k, activation act = activation::none) {
  for (isize i = 0; i < m; ++i)
    for (isize j = 0; j < n; ++j) {
      double sum = bias != nullptr ? bias[j] : 0;
      for (isize l = 0; l < k; ++l) sum += a[i * k + l] * w[j * k + l];
      c[i * n + j] = activate(sum, act) + (residual != nullptr ? residual[i * n + j] : 0);
    }
}

/// Each row of x[rows x n] normalised, in place.
inline void layer_norm(double* x, const double* gamma, const double* beta, double epsilon, isize rows, isize n) {
  for (isize r = 0; r < rows; ++r, x += n) {
    double mean = 0, variance = 0;
    for (isize i = 0; i < n; ++i) mean += x[i];
    mean /= static_cast<double>(n);
    for (isize i = 0; i < n; ++i) variance += (x[i] - mean) * (x[i] - mean);
    variance /= static_cast<double>(n);
    for (isize i = 0; i < n; ++i) x[i] = (x[i] - mean) / std::sqrt(variance + epsilon) * gamma[i] + beta[i];
  }
}

/// Softmax over x[0..n-1], in place.
inline void softmax(double* x, isize n) {
  const double top = *std::max_element(x, x + n);
  double sum = 0;
  for (isize i = 0; i < n; ++i) sum += x[i] = std::exp(x[i] - top);
  for (isize i = 0; i < n; ++i) x[i] /= sum;
}

/// out[queries x head_dim] = softmax(scale q k^T) v, with k and v [seq x head_dim]; `scores` has room for seq values.
inline void attention(const double* q, const double* k, const double* v, double* out, double* scores, isize queries,
                      isize seq, isize head_dim, double scale) {
  for (isize i = 0; i < queries; ++i) {
    for (isize j = 0; j < seq; ++j) {
      scores[j] = 0;
      for (isize d = 0; d < head_dim; ++d) scores[j] += q[i * head_dim + d] * k[j * head_dim + d];
      scores[j] *= scale;
    }
    softmax(scores, seq);
    for (isize d = 0; d < head_dim; ++d) {
      double sum = 0;
      for (isize j = 0; j < seq; ++j) sum += scores[j] * v[j * head_dim + d];
      out[i * head_dim + d] = sum;
    }
  }
}

}  // namespace distilbert::kernels::reference

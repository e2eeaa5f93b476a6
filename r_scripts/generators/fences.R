# 사분위수와 이상값 경계
# Draws thirteen whole values, some of them far out; quartiles by R's default are whole values too.
draw_values <- function() {
  low <- sample(c(20, 40, 60, 100, 150), 1)
  spread <- sample(3:10, 1) * 2
  middle <- sample(seq_len(2 * spread - 1), 7) - spread
  far <- c(sample(c(-1, 1), 1), sample(c(-1, 1), 5, replace = TRUE)) *
    spread * c(runif(2, 1, 1.6), runif(2, 2.2, 2.9), runif(2, 3.2, 7))
  low + round(c(middle, far))
}
is_good <- function(x) {
  q <- quantile(x, c(0.25, 0.75), names = FALSE)
  out <- x < q[1] - 1.5 * diff(q) | x > q[2] + 1.5 * diff(q)
  anyDuplicated(x) == 0 && min(x) > 0 && diff(q) %% 2 == 0 && any(out) && sum(out) <= 4
}
for (attempt in 1:500) if (is_good(values <- draw_values())) break
drawn <- list(
  story = sample(c("delivery", "rent", "score", "visit", "call", "weight"), 1),
  values = sample(values)
)

q <- quantile(values, c(0.25, 0.5, 0.75), names = FALSE)
iqr <- IQR(values)
outside <- function(low, high) values[values < low | values > high]
sets <- list(
  tukey = outside(q[1] - 1.5 * iqr, q[3] + 1.5 * iqr), single = outside(q[1] - iqr, q[3] + iqr),
  triple = outside(q[1] - 3 * iqr, q[3] + 3 * iqr),
  upper = outside(-Inf, q[3] + 1.5 * iqr), lower = outside(q[1] - 1.5 * iqr, Inf),
  median = outside(q[2] - 1.5 * iqr, q[2] + 1.5 * iqr), quartiles = outside(q[1], q[3]),
  sigma = outside(mean(values) - 2 * sd(values), mean(values) + 2 * sd(values))
)
quantities <- c(
  q1 = q[1], q2 = q[2], q3 = q[3], iqr = iqr,
  low = q[1] - 1.5 * iqr, high = q[3] + 1.5 * iqr,
  low_single = q[1] - iqr, high_single = q[3] + iqr,
  low_triple = q[1] - 3 * iqr, high_triple = q[3] + 3 * iqr,
  low_median = q[2] - 1.5 * iqr, high_median = q[2] + 1.5 * iqr,
  low_crossed = q[3] - 1.5 * iqr, high_crossed = q[1] + 1.5 * iqr,
  low_half = q[1] - 0.5 * iqr, high_half = q[3] + 0.5 * iqr,
  step = 1.5 * iqr, range = diff(range(values)), half_iqr = iqr / 2, sum_quartiles = q[1] + q[3],
  upper_half = q[3] - q[2], lower_half = q[2] - q[1],
  setNames(lengths(sets), paste0("count_", names(sets))),
  setNames(vapply(sets, sum, 0), paste0("sum_", names(sets)))
)

# 연관규칙 측도
# Draws counts of transactions, or ten baskets of five items, and computes the measures of A -> B.
draw_baskets <- function() {
  kind <- sample(c(8, 10), 1)
  share <- runif(5, 0.35, 0.75)
  matrix(rbinom(kind * 5, 1, rep(share, each = kind)), kind)
}
whole_rule <- function(x, rule) {
  a <- x[, rule[1]]
  b <- x[, rule[2]]
  min(rowSums(x)) > 0 && sum(a & b) >= 2 && sum(a) > sum(a & b) && sum(b) > sum(a & b) &&
    sum(a) != sum(b) && sum(a | b) < nrow(x)
}
draw_counts <- function() {
  n <- sample(c(200, 400, 500, 800, 1000, 2000), 1)
  a <- round(n * runif(1, 0.2, 0.6) / 10) * 10
  b <- round(n * runif(1, 0.2, 0.6) / 10) * 10
  lift <- runif(1, 0.6, 1.8)
  both <- round(a * b / n * lift / 10) * 10
  c(n, a, b, min(max(both, 10), a - 10, b - 10))
}
form <- sample(c("counts", "baskets"), 1)
rule <- sample(5, 2)
baskets <- numeric(0)
counts <- draw_counts()
if (form == "baskets") {
  for (attempt in 1:500) if (whole_rule(x <- draw_baskets(), rule)) break
  baskets <- as.vector(t(x))
  counts <- c(nrow(x), sum(x[, rule[1]]), sum(x[, rule[2]]), sum(x[, rule[1]] & x[, rule[2]]))
}
story <- sample(c("mart", "cafe", "bookshop", "pharmacy", "stationer", "streaming"), 1)
drawn <- list(story = story, form = form, rule = rule, counts = counts, baskets = baskets)

n <- counts[1]
a <- counts[2]
b <- counts[3]
both <- counts[4]
quantities <- c(
  support = both / n, confidence = both / a, lift = (both / n) / ((a / n) * (b / n)),
  reverse_confidence = both / b, share_a = a / n, share_b = b / n,
  union = both / (a + b - both), expected = (a / n) * (b / n),
  inverse_lift = ((a / n) * (b / n)) / (both / n), twice_a = (both / a) / (a / n),
  either = (a + b - both) / n, gain = both / a - b / n
)

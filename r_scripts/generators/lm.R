# 회귀분석 출력
# Draws data for one or two predictors, prints summary(lm()), and names what it reports.
stories <- list(
  ads = list(names = c("sales", "ads", "price"), x = c(5, 40), z = c(10, 30), b = c(60, 2.4, -1.5), sd = 14),
  study = list(names = c("score", "hours", "sleep"), x = c(2, 30), z = c(4, 9), b = c(38, 1.3, 1.8), sd = 8),
  house = list(names = c("rent", "area", "age"), x = c(18, 85), z = c(1, 30), b = c(22, 0.9, -0.6), sd = 10),
  ice = list(names = c("cones", "temp", "event"), x = c(14, 35), z = c(0, 8), b = c(-40, 6.5, 3.5), sd = 26),
  car = list(names = c("mileage", "weight", "power"), x = c(9, 21), z = c(7, 24), b = c(34, -0.9, -0.3), sd = 2),
  farm = list(names = c("yield", "fert", "rain"), x = c(10, 60), z = c(20, 90), b = c(150, 1.7, 0.4), sd = 22),
  staff = list(names = c("pay", "years", "courses"), x = c(1, 20), z = c(0, 10), b = c(240, 9, 4), sd = 30)
)
story <- sample(names(stories), 1)
set <- stories[[story]]
count <- sample(1:2, 1)
tenth <- function(x) round(x * 10) / 10
draw <- function() {
  n <- sample(12:32, 1)
  x <- tenth(runif(n, set$x[1], set$x[2]))
  z <- round(runif(n, set$z[1], set$z[2]))
  live <- sample(c(0.1, 1, 1), 2, replace = TRUE)
  y <- set$b[1] + live[1] * set$b[2] * x + (count == 2) * live[2] * set$b[3] * z
  list(y = tenth(y + rnorm(n, 0, set$sd * runif(1, 0.5, 1.4))), x = x, z = if (count == 2) z else numeric(0))
}
fit <- function(d) summary(if (count == 2) lm(d$y ~ d$x + d$z) else lm(d$y ~ d$x))
decided <- function(p) p > 1e-12 & (p < 0.04 | p > 0.06)
is_good <- function(s, d) {
  all(decided(coef(s)[-1, 4])) && s$r.squared > 0.12 && s$r.squared < 0.93 && min(d$y) > 0 &&
    decided(pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE)) &&
    s$adj.r.squared > 0.05
}
for (attempt in 1:500) {
  d <- draw()
  if (is_good(s <- fit(d), d)) break
}
used <- set$names[seq_len(count + 1)]
written <- function(name, x) paste0(name, " <- c(", paste(x, collapse = ", "), ")\n")
data_code <- paste0(mapply(written, used, Filter(length, d)), collapse = "")
model <- sprintf("lm(%s ~ %s)", used[1], paste(used[-1], collapse = " + "))
at <- round(mean(d$x)) + sample(c(-3:-1, 1:3), 1)
drawn <- list(story = story, names = used, y = d$y, x = d$x, z = d$z, at = at,
              data = data_code, call = sprintf("summary(%s)", model))

b <- unname(coef(s)[, 1])
se <- unname(coef(s)[, 2])
shown <- round(c(b[2], se[2]), 3)
last <- length(b)
r <- sign(b[2]) * sqrt(s$r.squared)
quantities <- c(
  n = length(d$y), df = s$df[2], b0 = b[1], b1 = b[2], b2 = if (last == 3) b[3] else 0,
  se0 = se[1], se1 = se[2], t1 = coef(s)[2, 3], p0 = coef(s)[1, 4], p1 = coef(s)[2, 4],
  p2 = if (last == 3) coef(s)[3, 4] else 0,
  r2 = s$r.squared, adjusted = s$adj.r.squared, sigma = s$sigma,
  f = unname(s$fstatistic[1]), pf = unname(pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE)),
  r = r, r_adjusted = sign(b[2]) * sqrt(s$adj.r.squared), unexplained = 1 - s$r.squared,
  r_squared_twice = s$r.squared^2, root_unexplained = sqrt(1 - s$r.squared),
  shown_b1 = shown[1], shown_se1 = shown[2], shown_t = shown[1] / shown[2],
  t_inverse = shown[2] / shown[1], t_product = shown[1] * shown[2],
  t_less_one = (shown[1] - 1) / shown[2], t_over_root = shown[1] / (shown[2] / sqrt(length(d$y))),
  t_over_df = shown[1] / (shown[2] * sqrt(s$df[2])), t_square = (shown[1] / shown[2])^2,
  predicted = b[1] + b[2] * at, swapped = b[2] + b[1] * at, no_intercept = b[2] * at,
  minus_intercept = b[2] * at - b[1], intercept_se = b[1] + se[2] * at, no_product = b[1] + b[2] + at
)
eval(parse(text = paste0(data_code, sprintf("summary(%s)", model))))

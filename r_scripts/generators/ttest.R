# t 검정 출력
# Draws one or two samples, builds the code of a t test, prints it, and names what it reports.
stories <- list(
  one = list(
    bolt = list(names = "length", mu = sample(c(30, 50, 80), 1), sd = 0.8), snack = list(names = "weight", mu = sample(c(90, 120, 160), 1), sd = 4),
    wait = list(names = "wait", mu = sample(c(12, 15, 20), 1), sd = 3), sleep = list(names = "sleep", mu = sample(c(6, 6.5, 7), 1), sd = 0.9)),
  pooled = list(
    lecture = list(names = c("video", "campus"), mu = 72, sd = 7),
    feed = list(names = c("feedA", "feedB"), mu = 35, sd = 4),
    page = list(names = c("old", "new"), mu = 42, sd = 9),
    battery = list(names = c("lineA", "lineB"), mu = 18, sd = 1.6)),
  welch = list(
    branch = list(names = c("north", "south"), mu = 64, sd = 8),
    soil = list(names = c("sand", "clay"), mu = 27, sd = 3.5),
    app = list(names = c("android", "ios"), mu = 31, sd = 6)),
  paired = list(
    diet = list(names = c("before", "after"), mu = 71, sd = 6),
    training = list(names = c("pre", "post"), mu = 58, sd = 7),
    drug = list(names = c("placebo", "drug"), mu = 132, sd = 9))
)
form <- sample(names(stories), 1)
story <- sample(names(stories[[form]]), 1)
set <- stories[[form]][[story]]
tenth <- function(x) round(x * 10) / 10
draw <- function() {
  n <- sample(9:20, 1)
  m <- if (form == "welch") sample(9:20, 1) else n
  shift <- runif(1, -1.3, 1.3) * set$sd * if (form == "paired") 0.5 else 1
  first <- tenth(set$mu + shift + rnorm(n, 0, set$sd))
  second <- switch(form, one = numeric(0), paired = tenth(first - shift + rnorm(n, 0, set$sd * 0.7)),
                   welch = tenth(set$mu + rnorm(m, 0, set$sd * 2)), tenth(set$mu + rnorm(m, 0, set$sd)))
  list(first = first, second = second)
}
written <- function(name, x) paste0(name, " <- c(", paste(x, collapse = ", "), ")\n")
test_call <- switch(form,
  one = sprintf("t.test(%s, mu = %s)", set$names, set$mu),
  pooled = sprintf("t.test(%s, %s, var.equal = TRUE)", set$names[1], set$names[2]),
  welch = sprintf("t.test(%s, %s)", set$names[1], set$names[2]),
  paired = sprintf("t.test(%s, %s, paired = TRUE)", set$names[1], set$names[2]))
test <- function(d) switch(form,
  one = t.test(d$first, mu = set$mu), pooled = t.test(d$first, d$second, var.equal = TRUE),
  welch = t.test(d$first, d$second), paired = t.test(d$first, d$second, paired = TRUE))
# Not at the edge of a decision, and never so clear that R prints "< 2.2e-16".
is_good <- function(p) (p > 1e-5 && p < 0.04) || (p > 0.06 && p < 0.8)
for (attempt in 1:200) {
  d <- draw()
  if (is_good((result <- test(d))$p.value)) break
}
parts <- Filter(length, d)
data_code <- paste0(mapply(written, set$names, parts), collapse = "")
drawn <- list(story = story, form = form, names = set$names, mu = set$mu,
              first = d$first, second = d$second, data = data_code, call = test_call)

null <- if (form == "one") set$mu else 0
difference <- switch(form, one = mean(d$first) - null, paired = mean(d$first - d$second),
                     mean(d$first) - mean(d$second))
half <- diff(result$conf.int) / 2
quantities <- c(
  t = unname(result$statistic), df = unname(result$parameter), p = result$p.value,
  low = result$conf.int[1], high = result$conf.int[2], n1 = length(d$first), n2 = length(d$second),
  mean1 = mean(d$first), mean2 = if (length(d$second)) mean(d$second) else 0,
  difference = difference, se = result$stderr, half = half,
  sd = result$stderr * sqrt(length(d$first)), inverse = unname(result$statistic) / difference,
  product = unname(result$statistic) * difference, over_n = result$stderr / sqrt(length(d$first))
)
eval(parse(text = paste0(data_code, test_call)))

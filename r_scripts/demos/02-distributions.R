# 확률분포와 중심극한정리
# d, p, q, r 함수로 확률을 구하고, 표본평균의 분포가 정규분포에 가까워지는 것을 봅니다.

# d: 확률(밀도), p: 누적확률, q: 분위수, r: 난수
dbinom(3, size = 10, prob = 0.5)    # 동전 10번에 앞면이 꼭 3번
pbinom(3, size = 10, prob = 0.5)    # 3번 이하
dpois(2, lambda = 4)                # 평균 4번인 사건이 꼭 2번
pnorm(1.96)                         # 표준정규분포에서 1.96 이하
qnorm(0.975)                        # 95% 신뢰구간의 z
qt(0.975, df = 9)                   # 표본이 10개면 t는 더 넓다

# 정규분포의 68-95-99.7 규칙
for (k in 1:3) cat(k, "표준편차 안:", round(pnorm(k) - pnorm(-k), 4), "\n")

# 중심극한정리: 치우친 모집단(지수분포)에서 크기 n인 표본의 평균을 2000번 구한다
set.seed(2021)
sample_means <- function(n) replicate(2000, mean(rexp(n, rate = 1)))
sizes <- c(2, 10, 50)
means <- lapply(sizes, sample_means)

# 평균은 모평균 1에, 표준편차는 sigma / sqrt(n)에 가깝다
data.frame(n = sizes,
           평균 = round(sapply(means, mean), 3),
           표준편차 = round(sapply(means, sd), 3),
           이론값 = round(1 / sqrt(sizes), 3))

op <- par(mfrow = c(1, 3))
for (i in seq_along(sizes)) {
  hist(means[[i]], breaks = 30, freq = FALSE, col = "grey90",
       main = paste("n =", sizes[i]), xlab = "표본평균", ylab = "밀도")
  curve(dnorm(x, 1, 1 / sqrt(sizes[i])), add = TRUE, lwd = 2)
}
par(op)

# t검정
# sleep 자료로 일표본, 독립표본, 대응표본 t검정을 하고 가정까지 확인합니다.

# 일표본: 수면 증가량의 평균이 0인가
t.test(sleep$extra, mu = 0)

# 독립표본: 먼저 분산이 같은지 본다 (귀무가설: 두 분산의 비는 1)
var.test(extra ~ group, data = sleep)
t.test(extra ~ group, data = sleep, var.equal = TRUE)
t.test(extra ~ group, data = sleep)   # var.equal을 빼면 Welch 검정: 자유도가 소수

# 대응표본: 같은 사람 열 명이 두 약을 모두 먹었다
a <- sleep$extra[sleep$group == 1]
b <- sleep$extra[sleep$group == 2]
result <- t.test(a, b, paired = TRUE)
result
result$p.value < 0.05      # 유의수준 5%에서 귀무가설을 기각한다

# 차이의 일표본 검정과 같다
t.test(a - b)$statistic

# 정규성 가정 (귀무가설: 정규분포를 따른다)
shapiro.test(a - b)
# 정규성을 믿기 어려우면 비모수 검정: 윌콕슨 부호순위 검정
wilcox.test(a, b, paired = TRUE, exact = FALSE)

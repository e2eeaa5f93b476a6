# 기술통계와 상자그림
# iris로 평균, 중앙값, 사분위수, 분산을 구하고 상자그림에서 이상값을 찾습니다.

str(iris)
summary(iris)

x <- iris$Sepal.Width
mean(x)            # 평균: 모든 값을 쓰므로 이상값에 민감하다
median(x)          # 중앙값: 이상값에 강하다
quantile(x)        # 사분위수
IQR(x)             # 사분위수 범위 = Q3 - Q1
var(x); sd(x)      # 표본분산(n - 1로 나눔)과 표준편차
sd(x) / mean(x)    # 변동계수: 단위가 다른 변수의 산포를 비교할 때

# 상자그림의 수염은 Q1 - 1.5*IQR, Q3 + 1.5*IQR 안의 가장 먼 값까지 그린다
fence <- quantile(x, c(0.25, 0.75)) + c(-1.5, 1.5) * IQR(x)
fence
x[x < fence[1] | x > fence[2]]   # 울타리 밖의 값: 이상값 후보
boxplot.stats(x)$out             # 같은 답

# 집단별 요약
aggregate(Sepal.Length ~ Species, data = iris, FUN = mean)
tapply(iris$Sepal.Length, iris$Species, sd)

boxplot(Sepal.Width ~ Species, data = iris,
        main = "품종별 꽃받침 너비", xlab = "품종", ylab = "너비(cm)")

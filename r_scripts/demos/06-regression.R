# 회귀분석과 진단
# mtcars로 단순, 다중회귀를 하고 계수, 결정계수, 다중공선성, 잔차를 읽습니다.

# 단순회귀: 무게(wt)가 늘면 연비(mpg)는
fit <- lm(mpg ~ wt, data = mtcars)
summary(fit)
confint(fit)                                   # 계수의 95% 신뢰구간
predict(fit, data.frame(wt = 3), interval = "prediction")

# 결정계수 = 1 - SSE / SST, 단순회귀에서는 상관계수의 제곱
sse <- sum(resid(fit)^2)
sst <- sum((mtcars$mpg - mean(mtcars$mpg))^2)
c(R2 = 1 - sse / sst, r제곱 = cor(mtcars$mpg, mtcars$wt)^2)

# 다중회귀와 변수선택: AIC가 작아지는 쪽으로
full <- lm(mpg ~ wt + hp + qsec + drat, data = mtcars)
best <- step(full, direction = "backward", trace = 0)
summary(best)
anova(fit, best)                               # 더한 변수가 쓸모 있나

# 다중공선성: VIF = 1 / (1 - R_j^2), 10을 넘으면 의심한다
vif <- function(model) {
  x <- model.matrix(model)[, -1, drop = FALSE]
  sapply(colnames(x), function(j) {
    1 / (1 - summary(lm(x[, j] ~ x[, colnames(x) != j]))$r.squared)
  })
}
round(vif(full), 2)

# 진단: 정규성, 영향점
shapiro.test(resid(best))
head(sort(cooks.distance(best), decreasing = TRUE), 3)

# 로지스틱 회귀: 계수의 지수는 오즈비
logit <- glm(am ~ wt, data = mtcars, family = binomial)
summary(logit)
exp(coef(logit))

op <- par(mfrow = c(2, 2))
plot(best)
par(op)

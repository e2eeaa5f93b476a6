# 분산분석
# PlantGrowth로 일원배치, ToothGrowth로 이원배치 분산분석과 사후검정을 합니다.

# 일원배치: 귀무가설은 '세 집단의 평균이 모두 같다'
aggregate(weight ~ group, data = PlantGrowth, FUN = mean)
bartlett.test(weight ~ group, data = PlantGrowth)   # 등분산 가정
fit <- aov(weight ~ group, data = PlantGrowth)
summary(fit)

# 분산분석표를 손으로: 제곱합을 집단 사이와 집단 안으로 나눈다
y <- PlantGrowth$weight; g <- PlantGrowth$group
between <- sum(table(g) * (tapply(y, g, mean) - mean(y))^2)
within <- sum((y - ave(y, g))^2)
df1 <- nlevels(g) - 1
df2 <- length(y) - nlevels(g)
f <- (between / df1) / (within / df2)
c(SSB = between, SSW = within, F = f, p = pf(f, df1, df2, lower.tail = FALSE))

# F검정은 '어딘가 다르다'까지만 말한다. 어느 둘이 다른지는 사후검정으로
TukeyHSD(fit)

# 이원배치: 교호작용이 유의하면 주효과를 따로 해석하지 않는다
ToothGrowth$dose <- factor(ToothGrowth$dose)
summary(aov(len ~ supp * dose, data = ToothGrowth))
with(ToothGrowth, interaction.plot(dose, supp, len, xlab = "용량", ylab = "평균 길이",
                                   trace.label = "보충제"))

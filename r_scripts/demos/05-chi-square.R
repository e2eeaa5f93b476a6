# 카이제곱 교차분석
# 교차표를 만들고 적합도, 독립성 검정을 하며 기대도수를 직접 계산합니다.

# 머리색과 눈색의 교차표
tab <- margin.table(HairEyeColor, c(1, 2))
tab
addmargins(tab)
round(prop.table(tab, 1), 3)      # 행 백분율: 머리색별 눈색의 비율

# 독립성 검정: 귀무가설은 '두 변수는 독립이다'
test <- chisq.test(tab)
test
test$parameter                    # 자유도 = (행 - 1)(열 - 1)

# 기대도수 = 행 합계 * 열 합계 / 전체
expected <- outer(rowSums(tab), colSums(tab)) / sum(tab)
round(expected, 1)
all.equal(expected, test$expected, check.attributes = FALSE)
sum((tab - expected)^2 / expected)   # 카이제곱 통계량

# 어느 칸이 독립에서 멀어지게 했나: 표준화 잔차가 2를 넘는 칸
round(test$stdres, 1)

# 적합도 검정: 주사위가 공정한가
rolls <- c(22, 17, 20, 26, 22, 13)
chisq.test(rolls, p = rep(1 / 6, 6))

# 기대도수가 5보다 작은 칸이 많으면 피셔의 정확검정
small <- matrix(c(3, 1, 1, 3), 2)
fisher.test(small)$p.value

mosaicplot(tab, shade = TRUE, main = "머리색과 눈색")

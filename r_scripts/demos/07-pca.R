# 주성분분석
# USArrests를 상관행렬로 분석해 주성분 수를 정하고 적재값과 점수를 읽습니다.

# 변수의 분산이 크게 다르면 표준화(상관행렬)가 필요하다
round(sapply(USArrests, var), 1)
pca <- prcomp(USArrests, scale. = TRUE)
summary(pca)

# 주성분의 분산은 상관행렬의 고윳값이다
eigen(cor(USArrests))$values
pca$sdev^2

# 주성분 수: 누적 기여율 80% 안팎, 또는 고윳값 1 이상(평균 고윳값), 또는 스크리 그림의 팔꿈치
share <- pca$sdev^2 / sum(pca$sdev^2)
round(cumsum(share), 3)
sum(pca$sdev^2 >= 1)

# 적재값: 주성분은 변수들의 선형결합이다 (부호는 뒤집혀도 뜻이 같다)
round(pca$rotation, 3)

# 점수: 표준화한 자료에 적재값을 곱한 것
scores <- scale(USArrests) %*% pca$rotation
head(round(scores[, 1:2], 3), 4)
all.equal(scores, pca$x, check.attributes = FALSE)
round(cor(pca$x), 10)              # 주성분끼리는 상관이 없다

op <- par(mfrow = c(1, 2))
screeplot(pca, type = "lines", main = "스크리 그림")
biplot(pca, cex = 0.6)
par(op)

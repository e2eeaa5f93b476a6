# 군집분석: hclust와 k-means
# 거리를 재고 계층적 군집과 k-평균을 견주며, 실루엣으로 군집 수를 정합니다.

# 거리: 유클리드, 맨해튼, 최대
points <- rbind(a = c(0, 0), b = c(3, 4))
sapply(c("euclidean", "manhattan", "maximum"), function(m) dist(points, method = m))

# 단위가 다르므로 표준화한다
x <- scale(USArrests)

# 계층적 군집: 묶는 방법에 따라 나무가 다르다
tree <- hclust(dist(x), method = "ward.D2")
cluster <- cutree(tree, k = 4)
table(cluster)
round(aggregate(USArrests, list(군집 = cluster), mean), 1)
sapply(c("single", "complete", "average", "ward.D2"), function(m) {
  round(cor(cophenetic(hclust(dist(x), method = m)), dist(x)), 3)   # 거리를 얼마나 보존하나
})

# k-평균: 처음 중심이 난수이므로 씨앗을 정하고 여러 번 시작한다
set.seed(1)
km <- kmeans(x, centers = 4, nstart = 25)
km$size
round(km$betweenss / km$totss, 3)
table(hclust = cluster, kmeans = km$cluster)

# 군집 수: 군집 안 제곱합의 팔꿈치, 평균 실루엣
wss <- sapply(1:8, function(k) kmeans(x, k, nstart = 25)$tot.withinss)
round(wss, 1)
library(cluster)
silhouettes <- sapply(2:6, function(k) mean(silhouette(cutree(tree, k), dist(x))[, "sil_width"]))
setNames(round(silhouettes, 3), 2:6)

plot(tree, cex = 0.6, main = "덴드로그램", xlab = "", sub = "")
rect.hclust(tree, k = 4)
plot(1:8, wss, type = "b", xlab = "군집 수", ylab = "군집 안 제곱합", main = "팔꿈치")

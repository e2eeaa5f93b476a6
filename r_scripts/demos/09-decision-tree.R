# 의사결정나무와 혼동행렬
# rpart로 나무를 키우고 가지를 친 뒤, 혼동행렬에서 정확도, 민감도, 정밀도를 구합니다.

library(rpart)

# 훈련용 70%, 검증용 30%
set.seed(123)
train <- sample(nrow(kyphosis), round(0.7 * nrow(kyphosis)))
tree <- rpart(Kyphosis ~ Age + Number + Start, data = kyphosis[train, ], method = "class",
              control = rpart.control(minsplit = 10, cp = 0.001))
tree
tree$cptable                     # xerror가 가장 작은 cp에서 가지를 친다
cp <- tree$cptable[which.min(tree$cptable[, "xerror"]), "CP"]
pruned <- prune(tree, cp = max(cp, 0.02))

# 불순도: 지니 지수와 엔트로피
p <- prop.table(table(kyphosis$Kyphosis))
c(지니 = 1 - sum(p^2), 엔트로피 = -sum(p * log2(p)))

# 혼동행렬
test <- kyphosis[-train, ]
guess <- predict(tree, test, type = "class")
cm <- table(예측 = guess, 실제 = test$Kyphosis)
cm
tp <- cm["present", "present"]; fp <- cm["present", "absent"]
fn <- cm["absent", "present"];  tn <- cm["absent", "absent"]
precision <- tp / (tp + fp)
recall <- tp / (tp + fn)
round(c(정확도 = (tp + tn) / sum(cm), 민감도_재현율 = recall, 특이도 = tn / (tn + fp),
        정밀도 = precision, F1 = 2 * precision * recall / (precision + recall)), 3)

# AUC: 양성이 음성보다 높은 점수를 받을 확률, 순위로 구한다
score <- predict(tree, test)[, "present"]
positive <- test$Kyphosis == "present"
ranks <- rank(score)
(sum(ranks[positive]) - sum(positive) * (sum(positive) + 1) / 2) / (sum(positive) * sum(!positive))

plot(pruned, margin = 0.1, main = "척추 후만증 나무")
text(pruned, use.n = TRUE)

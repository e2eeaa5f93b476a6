# 연관규칙을 직접 계산
# 지지도, 신뢰도, 향상도를 몇 줄로 구하고 아프리오리의 가지치기를 따라 해 봅니다.

baskets <- list(c("빵", "우유"), c("빵", "기저귀", "맥주", "달걀"), c("우유", "기저귀", "맥주", "콜라"),
                c("빵", "우유", "기저귀", "맥주"), c("빵", "우유", "기저귀", "콜라"))
items <- sort(unique(unlist(baskets)))
m <- t(sapply(baskets, function(b) items %in% b))   # 거래 x 품목
colnames(m) <- items
m * 1

# 지지도: 품목을 모두 담은 거래의 비율
support <- function(set) mean(rowSums(m[, set, drop = FALSE]) == length(set))
# 신뢰도(A -> B) = 지지도(A와 B) / 지지도(A),  향상도 = 신뢰도 / 지지도(B)
rule <- function(a, b) {
  s <- support(c(a, b))
  confidence <- s / support(a)
  data.frame(규칙 = paste(paste(a, collapse = ","), "=>", b), 지지도 = s,
             신뢰도 = round(confidence, 3), 향상도 = round(confidence / support(b), 3))
}
rule("기저귀", "맥주")      # 향상도 > 1: 함께 살 때가 더 많다
rule("맥주", "기저귀")      # 신뢰도는 방향에 따라 다르고, 향상도는 같다
rule("빵", "우유")          # 향상도 < 1: 신뢰도가 0.75여도 관련이 없거나 음이다

# 아프리오리: 드문 품목을 담은 묶음은 더 볼 것 없이 드물다
minimum <- 0.4
frequent <- Filter(function(s) support(s) >= minimum, as.list(items))
single <- unlist(frequent)
pairs <- combn(single, 2, simplify = FALSE)
pairs <- Filter(function(s) support(s) >= minimum, pairs)
cat("품목", length(items), "개 가운데", length(single), "개, 쌍", choose(length(items), 2),
    "개 가운데", length(pairs), "개가 남는다\n")

# 남은 쌍에서 나온 규칙을 향상도 순서로
rules <- do.call(rbind, lapply(pairs, function(s) rbind(rule(s[1], s[2]), rule(s[2], s[1]))))
rules <- rules[rules$신뢰도 >= 0.6, ]
rules[order(-rules$향상도, -rules$신뢰도), ]

# 혼동행렬 지표
# Draws a 2x2 table of actual and predicted classes and computes its metrics.
stories <- c("fraud", "spam", "disease", "churn", "defect", "default", "purchase", "dropout")
step <- sample(c(1, 5, 10), 1)  # coarse counts, as the exam has them, or odd ones
positive <- sample(8:24, 1) * 10
negative <- sample(8:40, 1) * 10
hit <- round(positive * runif(1, 0.45, 0.95) / step) * step
false_alarm <- round(negative * runif(1, 0.05, 0.45) / step) * step
tp <- min(max(hit, step), positive - step)
fp <- min(max(false_alarm, step), negative - step)
drawn <- list(story = sample(stories, 1), counts = c(tp, positive - tp, fp, negative - fp))

fn <- drawn$counts[2]
tn <- drawn$counts[4]
n <- sum(drawn$counts)
precision <- tp / (tp + fp)
recall <- tp / (tp + fn)
specificity <- tn / (tn + fp)
quantities <- c(
  precision = precision, recall = recall, specificity = specificity,
  f1 = 2 * precision * recall / (precision + recall),
  accuracy = (tp + tn) / n, error = (fp + fn) / n,
  npv = tn / (tn + fn), fpr = fp / (fp + tn), fnr = fn / (fn + tp), fdr = fp / (fp + tp),
  tp_share = tp / n, tn_share = tn / n, fp_share = fp / n, fn_share = fn / n,
  mean_pr = (precision + recall) / 2, half_f1 = precision * recall / (precision + recall),
  product_pr = precision * recall, balanced = (recall + specificity) / 2
)

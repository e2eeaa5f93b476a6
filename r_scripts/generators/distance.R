# 두 점 사이의 거리
# Draws two points with whole coordinates and computes their distances.
whole <- list(
  c(3, 4), c(6, 8), c(5, 12), c(8, 15), c(9, 12), c(12, 16), c(7, 24), c(2, 3, 6), c(1, 4, 8),
  c(4, 4, 7), c(2, 6, 9), c(6, 6, 7), c(2, 4, 4), c(3, 4, 12), c(2, 5, 14), c(4, 6, 12),
  c(2, 10, 11), c(8, 9, 12), c(6, 10, 15), c(4, 8, 8), c(3, 6, 6), c(1, 6, 18), c(6, 13, 18)
)  # sides whose Euclidean distance is whole
style <- sample(c("whole", "any"), 1)
sides <- if (style == "whole") sample(whole, 1)[[1]] else sample(1:9, sample(2:3, 1))
size <- length(sides)
change <- sample(sides) * sample(c(-1, 1), size, replace = TRUE)
first <- sample(1:9, size, replace = TRUE) + pmax(0, -change)
drawn <- list(
  story = sample(c("customer", "student", "store", "product", "team", "patient"), 1),
  first = first, second = first + change
)

gap <- abs(drawn$first - drawn$second)
quantities <- c(
  euclidean = sqrt(sum(gap^2)), manhattan = sum(gap), chebyshev = max(gap),
  minkowski = sum(gap^3)^(1 / 3), squared = sum(gap^2), cubed = sum(gap^3), smallest = min(gap),
  net = abs(sum(drawn$first - drawn$second)), added = sum(drawn$first + drawn$second),
  product = prod(gap), mean_gap = mean(gap), root_mean_square = sqrt(mean(gap^2)),
  root_manhattan = sqrt(sum(gap)), cube_root_squares = sum(gap^2)^(1 / 3),
  root_cubes = sqrt(sum(gap^3)), third_of_cubes = sum(gap^3) / 3, half_of_squares = sum(gap^2) / 2
)

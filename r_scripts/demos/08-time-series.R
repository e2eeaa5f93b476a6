# 시계열: 분해, ACF와 ARIMA
# AirPassengers를 분해하고, 정상화한 뒤 ACF와 PACF를 보고 ARIMA로 예측합니다.

AirPassengers

# 진폭이 커지므로(분산이 일정하지 않다) 로그를 취하고, 추세는 차분으로 없앤다
y <- log(AirPassengers)
parts <- decompose(y)
round(parts$figure, 3)               # 계절 지수
d <- diff(diff(y, lag = 12))         # 계절 차분과 일반 차분
c(원자료 = var(AirPassengers), 로그 = var(y), 차분 = var(d))

# ACF가 시차 q 뒤에 끊기면 MA(q), PACF가 시차 p 뒤에 끊기면 AR(p)
acf(d, lag.max = 24, plot = FALSE)

# 이동평균과 지수평활
round(stats::filter(AirPassengers, rep(1 / 3, 3))[1:6], 1)
hw <- HoltWinters(AirPassengers, seasonal = "multiplicative")
round(c(hw$alpha, hw$beta, hw$gamma), 3)

# ARIMA(0,1,1)(0,1,1)[12]
fit <- arima(y, order = c(0, 1, 1), seasonal = c(0, 1, 1))
fit
Box.test(resid(fit), lag = 12, type = "Ljung-Box")   # 잔차가 백색잡음인가
forecast <- predict(fit, n.ahead = 12)
round(exp(forecast$pred))

plot(parts)
op <- par(mfrow = c(1, 2))
acf(d, main = "차분한 자료의 ACF"); pacf(d, main = "PACF")
par(op)
ts.plot(AirPassengers, exp(forecast$pred), lty = c(1, 2), ylab = "승객(천 명)", xlab = "연도",
        main = "ARIMA 예측")

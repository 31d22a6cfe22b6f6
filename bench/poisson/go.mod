module poisson

go 1.21

# Run by the R binary itself: reads one request from its input, runs harness.R, which lies beside.
# Frames go down the same pipe as R's output, each after a mark, so that their order is kept; the
# connection is one of its own, so that a snippet's sink() does not swallow them.
local({
  # The package utils asks `which` for programs when it is loaded, and no program can be started.
  find <- Sys.which
  set <- function(f) {
    unlockBinding("Sys.which", baseenv())
    assign("Sys.which", f, envir = baseenv())
    lockBinding("Sys.which", baseenv())
  }
  set(function(names) structure(rep("", length(names)), names = names))
  for (p in c("methods", "datasets", "utils", "grDevices", "graphics", "stats"))
    library(p, character.only = TRUE)
  set(find)

  unhex <- function(x) {
    v <- utf8ToInt(x)
    v <- ifelse(v > 57L, v - 87L, v - 48L)
    text <- rawToChar(as.raw(v[c(TRUE, FALSE)] * 16L + v[c(FALSE, TRUE)]))
    Encoding(text) <- "UTF-8"
    text
  }
  input <- file("stdin", "r")
  request <- strsplit(readLines(input), " ", fixed = TRUE)
  close(input)
  field <- function(name) {
    rows <- Filter(function(row) row[1L] == name, request)
    vapply(rows, function(row) if (is.na(row[2L])) "" else unhex(row[2L]), "")
  }
  mark <- paste0("\x1e", field("mark"))
  channel <- NULL
  quoted <- function(x) {
    for (pair in list(c("\\", "\\\\"), c("\"", "\\\""), c("\n", "\\n"), c("\t", "\\t")))
      x <- gsub(pair[1L], pair[2L], x, fixed = TRUE)
    paste0("\"", gsub("[[:cntrl:]]", "", x), "\"")
  }
  emit <- function(kind, text) {
    open <- tryCatch(isOpen(channel), error = function(e) FALSE)
    if (!open) channel <<- file("/dev/fd/1", "wb")
    flush(stdout())
    frame <- paste0(mark, "{\"k\":", quoted(kind), ",\"s\":", quoted(text), "}\n")
    writeBin(charToRaw(frame), channel)
    flush(channel)
    0L
  }
  here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
  harness <- eval(parse(file.path(here, "harness.R"), encoding = "UTF-8", keep.source = FALSE))
  environment(harness) <- new.env(parent = .BaseNamespaceEnv)
  values <- field("expression")
  names(values) <- field("name")
  emit("ready", "")
  harness(field("code"), values, as.integer(field("seed")), field("family"), field("scratch"), emit)
  quit("no", runLast = FALSE)
}, envir = new.env(parent = .BaseNamespaceEnv))  # a snippet's globals must not be seen here

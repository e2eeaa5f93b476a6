# Runs a snippet as R's console would and tells what happened through emit(kind, text).
# Shared by both engines, base R only. Its environment must not see the snippet's globals.
function(code, values, seed, family, scratch, emit) {
  say <- function(kind, text) {
    emit(kind, iconv(enc2utf8(paste(text, collapse = "\n")), "UTF-8", "UTF-8", sub = "byte"))
  }

  # --- JSON of what is not plain text ---
  quoted <- function(x) {
    x <- gsub("\\", "\\\\", x, fixed = TRUE)
    x <- gsub("\"", "\\\"", x, fixed = TRUE)
    x <- gsub("\n", "\\n", x, fixed = TRUE)
    x <- gsub("\t", "\\t", x, fixed = TRUE)
    paste0("\"", gsub("[[:cntrl:]]", "", x), "\"")
  }
  items <- function(v) {
    if (is.factor(v)) v <- as.character(v)
    if (is.list(v)) v <- unlist(lapply(v, function(e) if (is.factor(e)) as.character(e) else e))
    if (is.null(v)) return("[]")
    if (!is.atomic(v)) stop("a value must be a vector, not ", class(v)[1L], call. = FALSE)
    if (length(v) > 10000L) stop("a value holds more than 10000 elements", call. = FALSE)
    if (length(v) == 0L) return("[]")
    one <- if (is.logical(v)) ifelse(v, "true", "false")
      else if (is.integer(v)) format(unclass(v), trim = TRUE, scientific = FALSE)
      else if (is.double(v)) ifelse(is.finite(v), formatC(as.vector(v), digits = 17, format = "g", width = 1L),
                                    paste0("\"", unclass(v), "\""))
      else quoted(enc2utf8(as.character(v)))
    one[is.na(v) & !(is.double(v) & is.nan(v))] <- "null"
    paste0("[", paste(one, collapse = ","), "]")
  }

  # --- conditions, worded as R's console does ---
  # A condition raised at top level has one of these calls; R's console shows none.
  plumbing <- list(
    quote(eval(expression_, .GlobalEnv)), quote(withVisible(eval(expression_, .GlobalEnv))),
    quote(doTryCatch(return(expr), name, parentenv, handler)))
  caller <- function(condition) {
    call <- conditionCall(condition)
    for (own in plumbing) if (identical(call, own)) return(NULL)
    if (is.null(call)) NULL else deparse(call, nlines = 1L)[1L]
  }
  # R breaks the line before a message that would pass column 77.
  joined <- function(head, message, extra, broken) {
    first <- strsplit(message, "\n", fixed = TRUE)[[1L]][1L]
    width <- extra + nchar(head, "w") + (if (is.na(first)) 0L else nchar(first, "w"))
    paste0(head, if (is.na(width) || width > 77L) broken else " : ", message)
  }
  error_text <- function(e) {
    call <- caller(e)
    if (is.null(call)) paste0("Error: ", conditionMessage(e))
    else joined(paste0("Error in ", call), conditionMessage(e), 6L, " : \n  ")
  }
  warning_text <- function(w, lead = "In ", bare = "") {
    call <- caller(w)
    if (is.null(call)) paste0(bare, conditionMessage(w))
    else joined(paste0(lead, call), conditionMessage(w), 3L, " :\n  ")
  }
  waiting <- character()
  on_warning <- function(w) {
    level <- getOption("warn")
    if (level >= 2L) return()
    if (level == 1L) say("message", paste0(warning_text(w, "Warning in ", "Warning: "), "\n"))
    else if (level == 0L && length(waiting) < 50L) waiting <<- c(waiting, warning_text(w))
    invokeRestart("muffleWarning")
  }
  on_message <- function(m) {
    say("message", conditionMessage(m))
    invokeRestart("muffleMessage")
  }
  flush_warnings <- function() {
    for (text in waiting) say("warning", text)
    waiting <<- character()
  }

  # --- source, echoed by whole lines: R 4.2 mis-slices lines that hold Korean ---
  lines <- strsplit(code, "\n", fixed = TRUE)[[1L]]
  shown <- 0L
  echo_between <- function(last) {
    while (shown < last) {
      shown <<- shown + 1L
      say("src", lines[shown])
    }
  }
  echo <- function(first, last) {
    echo_between(first - 1L)
    if (last > shown) say("src", lines[(shown + 1L):last])
    shown <<- max(shown, last)
  }

  # --- the session ---
  pictures <- file.path(scratch, "plots")
  work <- file.path(scratch, "work")
  for (folder in c(pictures, work)) dir.create(folder, showWarnings = FALSE)
  setwd(work)
  screen <- function(...) {
    if (capabilities("cairo"))
      grDevices::png(file.path(pictures, "plot%03d.png"), 800, 600, res = 96, type = "cairo", family = family)
    else grDevices::pdf(NULL)
  }
  pager <- function(files, header, title, delete.file)
    for (f in files) writeLines(gsub("_\b", "", readLines(f, encoding = "UTF-8")))
  options(device = screen, pager = pager, help_type = "text", width = 80L, warn = 0L,
          browserNLdisabled = TRUE, menu.graphics = FALSE, expressions = 5000L)
  set.seed(seed)

  evaluate <- function(expression_) {
    v <- withVisible(eval(expression_, .GlobalEnv))
    if (v$visible) print(v$value)
  }
  failed <- function(e) {
    say("error", error_text(e))
    flush_warnings()
    FALSE
  }
  misread <- function(e) {
    echo_between(length(lines))
    say("error", paste0("Error: ", sub("^<text>:", "", conditionMessage(e))))
    FALSE
  }
  parsed <- tryCatch(parse(text = code, keep.source = TRUE, encoding = "UTF-8"), error = misread)
  ok <- !identical(parsed, FALSE) && tryCatch({
    places <- attr(parsed, "srcref")
    for (i in seq_along(parsed)) {
      echo(places[[i]][1L], places[[i]][3L])
      withCallingHandlers(evaluate(parsed[[i]]), warning = on_warning, message = on_message)
      flush_warnings()
    }
    echo_between(length(lines))
    for (name in names(values)) {
      v <- suppressWarnings(eval(parse(text = values[[name]], encoding = "UTF-8"), .GlobalEnv))
      say("value", paste0("{\"name\":", quoted(name), ",\"items\":", items(v), "}"))
    }
    TRUE
  }, error = failed)

  # --- pictures: the app's own device first, then what the code saved itself ---
  tryCatch(grDevices::graphics.off(), error = function(e) NULL)
  drawn <- list.files(c(pictures, work), "\\.(png|svg)$", full.names = TRUE)
  for (f in utils::head(drawn[file.size(drawn) <= 2e6], 4L)) {
    hex <- paste(readBin(f, "raw", 2e6), collapse = "")
    say("plot", paste0("{\"name\":", quoted(basename(f)), ",\"hex\":\"", hex, "\"}"))
  }
  say("done", if (ok) "ok" else "error")
}

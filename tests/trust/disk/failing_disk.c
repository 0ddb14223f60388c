/*
 * A disk that fails on purpose. Loaded into a service by LD_PRELOAD, this stands between the program
 * and the system, counts what is done to the files of the store, and makes one operation fail, or
 * all of them from there on. Other files and sockets are left alone.
 *
 *   FAILING_DISK_FILES   what the paths of the store's files contain
 *   FAILING_DISK_AT      the operation that fails, counted from 1; 0: none
 *   FAILING_DISK_ERROR   the error, as a number of errno.h
 *   FAILING_DISK_SHORT   1: the operation itself, if it writes, writes only the first half, as on a
 *                        disk that is filling up, and the failures begin right after it
 *   FAILING_DISK_BROKEN  a file; as long as it exists, the failures go on. Without it there is one
 *   FAILING_DISK_COUNT   a file that tells how many operations there were
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long operations;

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static int is_of_the_store(int fd)
{
    char link[64], path[4096];
    const char *files = setting("FAILING_DISK_FILES");
    if (!*files)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return strstr(path, files) != NULL;
}

static void tell(long count)
{
    const char *file = setting("FAILING_DISK_COUNT");
    if (!*file)
        return;
    char text[32];
    int length = snprintf(text, sizeof text, "%019ld\n", count);
    int fd = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT, 0600);
    if (fd >= 0) {
        syscall(SYS_pwrite64, fd, text, length, 0L);
        close(fd);
    }
}

enum verdict { WORKS, HALF, FAILS };

/* What becomes of the next operation on the file behind fd. Leaves errno alone unless it fails. */
static enum verdict next(int fd, int writes)
{
    int before = errno;
    enum verdict verdict = WORKS;
    if (is_of_the_store(fd)) {
        long at = atol(setting("FAILING_DISK_AT"));
        int half = atoi(setting("FAILING_DISK_SHORT"));
        const char *broken = setting("FAILING_DISK_BROKEN");
        long count = atomic_fetch_add(&operations, 1) + 1;
        tell(count);
        long from = at + half;
        if (at && half && writes && count == at)
            verdict = HALF;
        else if (at && count >= from && (*broken ? access(broken, F_OK) == 0 : count == from))
            verdict = FAILS;
    }
    errno = verdict == FAILS ? atoi(setting("FAILING_DISK_ERROR")) : before;
    return verdict;
}

static size_t part(enum verdict verdict, size_t size)
{
    return verdict == HALF && size > 1 ? size / 2 : size;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    enum verdict verdict = next(fd, 1);
    return verdict == FAILS ? -1 : syscall(SYS_write, fd, bytes, part(verdict, size));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    enum verdict verdict = next(fd, 1);
    return verdict == FAILS ? -1 : syscall(SYS_pwrite64, fd, bytes, part(verdict, size), at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    return pwrite64(fd, bytes, size, at);
}

int fsync(int fd)
{
    return next(fd, 0) == FAILS ? -1 : syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return next(fd, 0) == FAILS ? -1 : syscall(SYS_fdatasync, fd);
}

int ftruncate64(int fd, off64_t length)
{
    return next(fd, 0) == FAILS ? -1 : syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

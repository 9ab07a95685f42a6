/* Writes down, after each sync of the append-only file, how long the file was when that sync began. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int watched(int fd, off_t *length)
{
    char link[64], path[4096];
    struct stat about;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0 || fstat(fd, &about) != 0)
        return 0;
    path[n] = '\0';
    *length = about.st_size;
    return strstr(path, ".incr.aof") != NULL;
}

static void write_down(off_t length)
{
    static int account = -1;
    char text[32];
    if (account < 0)
        account = open(getenv("SYNCED"), O_WRONLY | O_CREAT, 0600);
    snprintf(text, sizeof text, "%020lld", (long long)length);
    if (pwrite(account, text, 20, 0) != 20)
        abort();
}

static int synced(const char *name, int fd)
{
    off_t length;
    int watching = watched(fd, &length);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(fd);
    if (watching && result == 0)
        write_down(length);
    return result;
}

int fsync(int fd) { return synced("fsync", fd); }
int fdatasync(int fd) { return synced("fdatasync", fd); }

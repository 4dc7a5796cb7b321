using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Harbor.Platform.Data.Embedded;

/// <summary>The few calls of the C library that .NET has no face for. A failure is thrown with its error number.</summary>
internal static partial class Posix
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int KillNow = 9;

    private const int NoSuchProcess = 3;
    private const int DirectoryByPath = 0x200000 | 0x10000 | 0x80000;   // O_PATH | O_DIRECTORY | O_CLOEXEC
    private const int ReadOnlyDirectory = 0x10000 | 0x80000;            // O_RDONLY | O_DIRECTORY | O_CLOEXEC
    private const int StatusBytes = 256;                                // struct statx, the same layout on every processor
    private const int CurrentDirectory = -100;                          // AT_FDCWD
    private const uint OwnerAndNumber = 0x8 | 0x10 | 0x100;             // STATX_UID | STATX_GID | STATX_INO

    /// <summary>Signals one process; false when it is gone.</summary>
    public static bool Signal(int processId, int signal)
    {
        // 0 and negative numbers address whole groups; nothing here ever wants that.
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        if (kill(processId, signal) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == NoSuchProcess ? false : throw Failure($"signal process {processId}");
    }

    /// <summary>Numeric user and group that own a file or directory.</summary>
    public static (uint User, uint Group) Owner(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        Look(path, status);
        return (BinaryPrimitives.ReadUInt32LittleEndian(status[20..]), BinaryPrimitives.ReadUInt32LittleEndian(status[24..]));
    }

    /// <summary>A file's number in its file system (inode).</summary>
    public static ulong FileNumber(string path)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        Look(path, status);
        return BinaryPrimitives.ReadUInt64LittleEndian(status[32..]);
    }

    public static void ChangeOwner(string path, uint user, uint group) => Check(chown(path, user, group), $"change the owner of {path}");

    public static uint EffectiveUser() => geteuid();

    /// <summary>Whether a numeric user has a name on this machine.</summary>
    public static bool IsNamed(uint user) => getpwuid(user) != 0;

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = Check(open(path, ReadOnlyDirectory), $"open {path}");
        try
        {
            Check(fsync(descriptor), $"sync {path}");
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>A directory's path without symbolic links.</summary>
    public static string RealPath(string directory)
    {
        var held = HoldDirectory(directory);
        try
        {
            return new FileInfo($"/proc/self/fd/{held}").LinkTarget ?? directory;
        }
        finally
        {
            Release(held);
        }
    }

    /// <summary>Holds a directory, so that <c>/proc/self/fd/N</c> is a short way to it while this process lives.</summary>
    public static int HoldDirectory(string path) => Check(open(path, DirectoryByPath), $"open {path}");

    public static void Release(int descriptor) => _ = close(descriptor);

    private static void Look(string path, Span<byte> status) => Check(statx(CurrentDirectory, path, 0, OwnerAndNumber, status), $"look at {path}");

    private static int Check(int result, string what) => result >= 0 ? result : throw Failure(what);

    private static IOException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Span<byte> buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial nint getpwuid(uint user);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}

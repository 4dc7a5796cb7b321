using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Harbor.Storage.FileSystem;

/// <summary>The calls to the file system whose order makes a write durable. A test replaces them to lose what was not synced.</summary>
public partial class PosixFiles
{
    private const int ReadOnlyDirectory = 0x10000;   // O_RDONLY | O_DIRECTORY
    private const int CloseOnExec = 0x80000;
    private const int NotPermitted = 1;               // EPERM: the file system has no second names
    private const int NoSuchFile = 2;
    private const int CrossDevice = 18;
    private const int TooManyLinks = 31;
    private const int NoSuchCall = 38;
    private const int NotSupported = 95;
    private const uint StartWriting = 2;              // SYNC_FILE_RANGE_WRITE

    /// <summary>Opens for writing, making the file when it is absent.</summary>
    public virtual SafeFileHandle OpenForWriting(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public virtual void Write(SafeFileHandle file, string path, IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) =>
        RandomAccess.Write(file, buffers, offset);

    public virtual void Truncate(SafeFileHandle file, string path, long length) => RandomAccess.SetLength(file, length);

    /// <summary>Asks the kernel to begin writing a range, so that the sync at the end has little left to do. Promises nothing.</summary>
    public virtual void BeginWriteBack(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SyncFileRange(file, offset, length, StartWriting);
        }
    }

    /// <summary>fsync(2) of a file's bytes.</summary>
    public virtual void Sync(SafeFileHandle file, string path) => RandomAccess.FlushToDisk(file);

    /// <summary>rename(2); the target must be a new name on the same file system.</summary>
    /// <remarks>Not the framework's move: between two file systems that copies, and nobody would sync the copy.</remarks>
    public virtual void Rename(string from, string to)
    {
        if (File.Exists(to))
        {
            throw new IOException($"Cannot rename {from}: {to} is there already");
        }

        if (MoveName(from, to) != 0)
        {
            throw Failed("rename", from);
        }
    }

    /// <summary>link(2); the second name must be a new one.</summary>
    public virtual LinkResult Link(string from, string to)
    {
        if (AddName(from, to) == 0)
        {
            return LinkResult.Made;
        }

        return Marshal.GetLastPInvokeError() switch
        {
            NoSuchFile => LinkResult.Absent,
            NotPermitted or CrossDevice or TooManyLinks or NoSuchCall or NotSupported => LinkResult.Unsupported,
            _ => throw Failed("link", from),
        };
    }

    /// <summary>mkdir(2); true when this call made it.</summary>
    public virtual bool MakeDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        Directory.CreateDirectory(path);
        return true;
    }

    /// <summary>fsync(2) of a directory: makes the names in it durable. .NET has no call for it.</summary>
    public virtual void SyncDirectory(string path)
    {
        var descriptor = Open(path, ReadOnlyDirectory | CloseOnExec);
        if (descriptor < 0)
        {
            throw Failed("open", path);
        }

        try
        {
            if (FSync(descriptor) != 0)
            {
                throw Failed("sync", path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    public virtual void Delete(string path) => File.Delete(path);

    private static IOException Failed(string what, string path) =>
        new($"Cannot {what} {path}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MoveName(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddName(string from, string to);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long count, uint flags);
}

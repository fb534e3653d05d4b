using System.ComponentModel;

namespace ActorStack.Actors.Persistence;

/// <summary>The problem that keeps the state directory or its journal from being used, in the system's words.</summary>
/// <param name="Message">A clause without a full stop, such as <c>No space left on device</c>.</param>
/// <param name="WhatToDo">Advice in whole sentences.</param>
public sealed record StorageProblem(string Message, string WhatToDo)
{
    /// <summary>errno(3) of Linux.</summary>
    private const int ENOENT = 2;
    private const int EACCES = 13;
    private const int EEXIST = 17;
    private const int ENOTDIR = 20;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const int ENOSPC = 28;
    private const int EROFS = 30;
    private const int EDQUOT = 122;

    /// <param name="error">The exception, possibly wrapped.</param>
    /// <param name="directory">The state directory.</param>
    public static StorageProblem Of(Exception error, string directory) => Cause(error) switch
    {
        UnauthorizedAccessException => OfNumber(EACCES, directory),
        FileNotFoundException missing => OfNumber(ENOENT, directory) with { Message = missing.Message },
        DirectoryNotFoundException => OfNumber(IsBelowFile(directory) ? ENOTDIR : ENOENT, directory),
        IOException { HResult: > 0 } numbered => OfNumber(numbered.HResult, directory), // .NET stores errno in HResult
        var other => new StorageProblem(other.Message.TrimEnd('.'), $"Look into the service's log and at {directory}."),
    };

    private static Exception Cause(Exception error) =>
        error is UnauthorizedAccessException || error.InnerException is not { } inner ? error : Cause(inner);

    private static StorageProblem OfNumber(int number, string directory) => new(new Win32Exception(number).Message, number switch
    {
        ENOSPC => $"Free space in {directory}.",
        EDQUOT => $"Free space in {directory}, or raise this user's quota.",
        EROFS => $"Mount the file system of {directory} writable, or choose another directory.",
        EACCES => $"Choose another directory, or make {directory} writable for the user {Environment.UserName}.",
        ENOENT => $"Restart the service, which makes {directory} again.",
        ENOTDIR or EEXIST => $"Choose another directory, or remove the file that is in the way of {directory}.",
        EMFILE or ENFILE => "Raise the limit of open files (ulimit -n, or LimitNOFILE in the unit of systemd).",
        _ => $"Choose another directory, or make {directory} usable.",
    });

    private static bool IsBelowFile(string? directory) =>
        directory is not null && (File.Exists(directory) || IsBelowFile(Path.GetDirectoryName(directory)));
}

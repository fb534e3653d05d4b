using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace ActorStack.Samples.SharedLog;

/// <summary>
/// A log of messages in a file of SQLite, which the processes of one machine share. A connection that moves takes along the
/// number of the last message that its client got, and goes on after it in the other process: so nothing is lost or doubled, and
/// the order is the same for everybody, also while some clients are served by one process and some by the other. SQLite has one
/// writer at a time, so that the numbers become readable in their order. Messages stay in the file; old ones can be deleted with
/// SQL at any time.
/// </summary>
public sealed class MessageLog : IAsyncDisposable
{
    private const int LargestBatch = 256;
    private const int LongestQueue = 1024;

    /// <summary>How often the file is looked at for messages of other processes.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Append> _appends = Channel.CreateBounded<Append>(LongestQueue);
    private readonly Bell _appended = new();
    private readonly string _source;
    private readonly Task _writing;

    /// <summary>Opens the log.</summary>
    /// <param name="path">The file, which is made where it is missing.</param>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public MessageLog(string path)
    {
        _source = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS message (
                number INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, body BLOB NOT NULL);
            CREATE INDEX IF NOT EXISTS message_subject ON message (subject, number);
            """;
        command.ExecuteNonQuery();
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Appends a message.</summary>
    /// <param name="subject">What it belongs to.</param>
    /// <param name="body">Its content. It must not change until the task has ended.</param>
    /// <returns>Its number, as soon as the message is committed.</returns>
    /// <exception cref="SqliteException">The file takes no message, for example because the disk is full.</exception>
    public async Task<long> AppendAsync(string subject, ReadOnlyMemory<byte> body)
    {
        var committed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var append = new Append(subject, body, committed);
        await _appends.Writer.WriteAsync(append);
        return await append.Committed.Task;
    }

    /// <summary>The oldest messages of a subject after a number.</summary>
    /// <param name="subject">The subject; null: all of them.</param>
    /// <param name="after">The number; 0 is before all messages.</param>
    /// <param name="limit">The most messages.</param>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public IReadOnlyList<LogEntry> Read(string? subject, long after, int limit = LargestBatch)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = subject is null
            ? "SELECT number, subject, body FROM message WHERE number > $after ORDER BY number LIMIT $limit"
            : """
              SELECT number, subject, body FROM message WHERE subject = $subject AND number > $after
              ORDER BY number LIMIT $limit
              """;
        if (subject is not null) command.Parameters.AddWithValue("$subject", subject);
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$limit", limit);
        return Read(command);
    }

    /// <summary>The newest message of each subject that has a name.</summary>
    /// <param name="last">The number of the last message that counts.</param>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public IReadOnlyList<LogEntry> ReadNewest(long last)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT number, subject, body FROM message WHERE number IN (
                SELECT max(number) FROM message WHERE subject <> '' AND number <= $last GROUP BY subject)
            """;
        command.Parameters.AddWithValue("$last", last);
        return Read(command);
    }

    /// <summary>The number of the newest message; 0: there is none.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public long FindLast()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(number), 0) FROM message";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>All messages after a number in their order, then each new one of any process, without an end.</summary>
    /// <param name="after">The number.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var appended = _appended.Next;
            var entries = Read(subject: null, after);
            foreach (var entry in entries)
            {
                yield return entry;
                after = entry.Number;
            }

            if (entries.Count > 0) continue;
            await appended.WaitAsync(Period, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Commits what was appended, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _appends.Writer.TryComplete();
        await _writing;
    }

    /// <summary>Commits all messages that wait together, because a commit waits for the disk.</summary>
    private async Task WriteAsync()
    {
        var batch = new List<Append>();
        while (await _appends.Reader.WaitToReadAsync())
        {
            while (batch.Count < LargestBatch && _appends.Reader.TryRead(out var append)) batch.Add(append);
            try
            {
                var last = Insert(batch);
                for (var i = 0; i < batch.Count; i++) batch[i].Committed.SetResult(last - batch.Count + 1 + i);
            }
            catch (SqliteException error)
            {
                batch.ForEach(append => append.Committed.SetException(error));
            }

            batch.Clear();
            _appended.Ring();
        }
    }

    /// <summary>Returns the number of the last message. No other writer is between the messages of a transaction.</summary>
    private long Insert(List<Append> batch)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO message (subject, body) VALUES ($subject, $body) RETURNING number";
        var subject = command.Parameters.Add("$subject", SqliteType.Text);
        var body = command.Parameters.Add("$body", SqliteType.Blob);
        var last = 0L;
        foreach (var append in batch)
        {
            (subject.Value, body.Value) = (append.Subject, append.Body.ToArray());
            last = (long)command.ExecuteScalar()!;
        }

        transaction.Commit();
        return last;
    }

    private static List<LogEntry> Read(SqliteCommand command)
    {
        using var reader = command.ExecuteReader();
        var entries = new List<LogEntry>();
        while (reader.Read())
        {
            entries.Add(new LogEntry(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        }

        return entries;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_source);
        connection.Open();
        return connection;
    }

    private sealed record Append(string Subject, ReadOnlyMemory<byte> Body, TaskCompletionSource<long> Committed);
}

using ActorStack.Transport.Tcp.Options;
using Akka.Configuration;

namespace ActorStack.Hosting.Options;

/// <summary>A property that holds socket options by their names.</summary>
internal sealed record SocketOptionsRow<TOptions>(string Property, Func<TOptions, IDictionary<string, string>> Get)
    : IOptionRow<TOptions>
{
    private const string Section = "socket-options";

    public IEnumerable<string> Refuse(TOptions options, string path)
    {
        foreach (var (key, value) in Get(options))
        {
            string? refusal = null;
            try
            {
                SocketOptionReader.Apply(SocketOptions.Default, Hocon(key, value), path + Property);
            }
            catch (StackStartException error)
            {
                refusal = error.Line;
            }

            if (refusal is not null) yield return refusal;
        }
    }

    public IEnumerable<(string Key, string Value)> Settings(TOptions options) =>
        Get(options).Select(option => ($"{Section}.{TextType.Quote(option.Key)}", TextType.Quote(option.Value)));

    private static Config Hocon(string key, string value) =>
        ConfigurationFactory.ParseString($"{TextType.Quote(key)} = {TextType.Quote(value)}");
}

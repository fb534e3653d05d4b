using System.Text;
using ActorStack.Hosting.Options;

namespace ActorStack.Hosting.Tests.Options;

/// <summary>The files that say which options there are, made from the tables of options.</summary>
internal static class OptionDocuments
{
    private const int Width = 130;
    private const string Indent = "  ";

    private static IEnumerable<(string Key, string Property, OptionDescription Option)> All =>
    [
        .. StackOptionTable.Table.Rows.OfType<OptionRow<ActorStackOptions>>().Select(
            row => (row.Option.Key, row.Property, row.Option)),
        .. SocketOptionTable.Rows.Select(
            row => ($"socket-options.{row.Option.Key}", $"SocketOptions:{row.Option.Key}", row.Option)),
        .. ServiceOptionTable.Table.Rows.OfType<OptionRow<ServiceOptions>>().Select(
            row => ($"services.NAME.{row.Option.Key}", $"Services:NAME:{row.Property}", row.Option)),
    ];

    /// <summary><c>reference.conf</c>: all options with their defaults, but those that go by another option.</summary>
    public static string Reference()
    {
        var conf = new StringBuilder(
            """
            # The defaults of ActorStack.Hosting. Options of the same names and akka.hocon override them. "#key" is an option that
            # goes by another one where it is not given.

            actorstack {

            """);
        Write(conf, option => option.Inherited is null && !option.Key.Contains("NAME", StringComparison.Ordinal));
        return conf.Append("}\n").ToString();
    }

    /// <summary>All options with their defaults, commented out, inside of the section <c>actorstack</c>.</summary>
    public static string Example()
    {
        var hocon = new StringBuilder();
        Write(hocon, static _ => false);
        return hocon.ToString();
    }

    /// <summary>The table of the documentation.</summary>
    public static string Table()
    {
        var table = new StringBuilder("| option | property | values | default | meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var (key, property, option) in All)
        {
            var initial = option.Inherited is { } other ? $"as `{other}`" : $"`{option.DefaultText}`";
            table.Append($"| `{key}` | `{property}` | {option.TypeName} | {initial} | {option.Text} |\n");
        }

        return table.ToString();
    }

    private static void Write(StringBuilder hocon, Func<(string Key, string? Inherited), bool> isInForce)
    {
        var sections = StackOptionTable.Table.Sections.ToList();
        var separator = "";
        foreach (var (key, _, option) in All)
        {
            var begun = sections.Where(section => key.StartsWith($"{section.Key}.", StringComparison.Ordinal)).ToArray();
            foreach (var section in begun)
            {
                hocon.Append(separator);
                Comment(hocon, section.Text);
                separator = "\n";
                sections.Remove(section);
            }

            hocon.Append(separator);
            Comment(hocon, option.Text);
            if (option.Inherited is { } other) Comment(hocon, $"Where it is not given, {other} holds.");
            hocon.Append($"{Indent}{(isInForce((key, option.Inherited)) ? "" : "#")}{key} = {option.DefaultText}\n");
            separator = "\n";
        }
    }

    private static void Comment(StringBuilder hocon, string text)
    {
        var line = new StringBuilder($"{Indent}#");
        foreach (var word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                hocon.Append(line).Append('\n');
                line.Clear().Append($"{Indent}#");
            }

            line.Append(' ').Append(word);
        }

        hocon.Append(line).Append('\n');
    }
}

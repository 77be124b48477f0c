/** The SQL editor: CodeMirror in a shadow root, where its styles need no exception from the content security policy. */
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { SQLDialect, sql } from '@codemirror/lang-sql';
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, drawSelection, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const DIALECT = SQLDialect.define({
  keywords:
    'select from where and or not in is null like ilike between group by order having limit offset as distinct on join left right ' +
    'inner outer full cross union all case when then else end with asc desc exists qualify using filter over partition interval true false cast try_cast',
  types: 'varchar bigint integer double boolean timestamp date json timestamptz',
  builtin:
    'count sum min max avg any_value arg_max arg_min list string_agg date_trunc time_bucket json_extract json_extract_string strftime ' +
    'lower upper length regexp_matches regexp_extract split_part coalesce now current_date epoch approx_count_distinct quantile_cont row_number',
  doubleQuotedStrings: false,
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'light-dark(#7a3e9d, #c792ea)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#1a6b3c, #9fd89f)' },
  { tag: tags.number, color: 'light-dark(#a14200, #f0a877)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'light-dark(#1f4fb5, #8ab4ff)' },
]);

const LOOK = EditorView.theme({
  '&': { fontSize: '13px', minHeight: '150px', maxHeight: '46vh', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', minHeight: '150px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--muted)', border: 'none' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--chosen)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--hover)', outline: '1px solid var(--line-strong)' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', border: '1px solid var(--line-strong)', borderRadius: '6px', overflow: 'hidden' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--chosen)', color: 'var(--text)' },
});

class Editor extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
    this.language = new Compartment();
  }

  connectedCallback() {
    if (this.editor) return;
    const run = () => {
      this.dispatchEvent(new CustomEvent('run'));
      return true;
    };
    this.editor = new EditorView({
      root: this.shadowRoot,
      parent: this.shadowRoot,
      state: EditorState.create({
        doc: this.pending ?? '',
        extensions: [
          keymap.of([{ key: 'Mod-Enter', run }, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          syntaxHighlighting(COLOURS),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
          placeholder('SELECT … FROM cloudtrail'),
          this.language.of(sql({ dialect: DIALECT })),
          LOOK,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) this.dispatchEvent(new CustomEvent('edit'));
          }),
        ],
      }),
    });
  }

  get value() {
    return this.editor ? this.editor.state.doc.toString() : (this.pending ?? '');
  }

  set value(text) {
    if (!this.editor) {
      this.pending = text;
    } else if (text !== this.value) {
      this.editor.dispatch({ changes: { from: 0, to: this.editor.state.doc.length, insert: text } });
    }
  }

  /** What completion knows: `[{name, columns: [{name}]}]`. */
  set tables(tables) {
    const schema = Object.fromEntries(tables.map((table) => [table.name, table.columns.map((column) => column.name)]));
    this.editor?.dispatch({ effects: this.language.reconfigure(sql({ dialect: DIALECT, schema })) });
  }

  insert(text) {
    this.editor.dispatch(this.editor.state.replaceSelection(text));
    this.editor.focus();
  }

  focus() {
    this.editor?.focus();
  }
}

customElements.define('tw-editor', Editor);

// A message's blocks as a person reads them.
import type { ReactNode } from 'react'
import type { Block } from '../../../slack/blocks.ts'
import { ActionControl } from './controls.tsx'
import { Mrkdwn } from './mrkdwn.tsx'

/** Draws blocks in order. An input block is left out: only views have those, and they draw them themselves. */
export function Blocks({ blocks }: { blocks: readonly Block[] }): ReactNode {
  return blocks.map((block) => <BlockView key={block.block_id} block={block} />)
}

function BlockView({ block }: { block: Block }): ReactNode {
  switch (block.type) {
    case 'section':
      return <Section block={block} />
    case 'header':
      return <h3 className="block-header">{block.text.text}</h3>
    case 'context':
      return (
        <div className="block-context">
          {block.elements.map((element, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: elements have no identity but their place
            <ContextElement key={index} element={element} />
          ))}
        </div>
      )
    case 'actions':
      return (
        <div className="block-actions">
          {block.elements.map((control) => (
            <ActionControl key={control.action_id} control={control} />
          ))}
        </div>
      )
    case 'divider':
      return <hr />
    case 'markdown':
      return (
        <div className="block-section">
          <Mrkdwn text={block.text.replaceAll('**', '*').replace(/^#+ (.*)$/gm, '*$1*')} />
        </div>
      )
    case 'input':
      return null
  }
}

function Section({ block: { text, fields, accessory } }: { block: Extract<Block, { type: 'section' }> }): ReactNode {
  return (
    <div className="block-section">
      <div className="block-text">
        {text && <TextObject text={text} />}
        {fields && (
          <div className="block-fields">
            {fields.map((field, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: fields have no identity but their place
              <div key={index}>
                <TextObject text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory &&
        (accessory.type === 'image' ? (
          <img src={accessory.image_url} alt={accessory.alt_text} />
        ) : (
          <ActionControl control={accessory} />
        ))}
    </div>
  )
}

function ContextElement({ element }: { element: Extract<Block, { type: 'context' }>['elements'][number] }): ReactNode {
  return element.type === 'image' ? (
    <img src={element.image_url} alt={element.alt_text} />
  ) : (
    <span>
      <TextObject text={element} />
    </span>
  )
}

function TextObject({ text }: { text: { readonly type: 'plain_text' | 'mrkdwn'; readonly text: string } }): ReactNode {
  return text.type === 'mrkdwn' ? <Mrkdwn text={text.text} /> : <span className="plain">{text.text}</span>
}
